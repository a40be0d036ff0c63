"""Names and streets of the demo's people, and unusual people and records. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lead_tui.demo import account

_WOMEN: Final = (
    "Abigail Adriana Aisha Alice Alma Amara Amelia Ana Angela Anita Annika Ayesha Beatriz Bianca Brenda Camila Carmen Carol "
    "Caroline Catherine Chloe Clara Dana Daniela Deborah Denise Diana Dolores Dorothy Elena Elizabeth Emily Emma Erika "
    "Esther Eva Fatima Fiona Francesca Gabriela Gloria Grace Greta Hannah Harriet Helen Ingrid Irene Isabella Ivy Jada Jane "
    "Janet Jasmine Joan Josephine Joy Judith Julia Karen Katarzyna Keiko Kim Latoya Laura Leah Leila Lillian Linda Lucía "
    "Lucy Magdalena Maja María Marisol Martha Mei Mercedes Mia Michelle Miriam Nadia Nancy Naomi Natalia Nina Noor Nora Ola "
    "Olivia Paloma Patricia Priya Rachel Renée Rosa Ruth Samantha Sandra Sara Shanice Shirley Sofía Stella Susan Tamika "
    "Tatiana Teresa Thảo Valentina Vera Victoria Wanda Ximena Yolanda Yuki Zoë"
)
_MEN: Final = (
    "Aaron Abdul Adam Ahmed Albert Alejandro Alexander Ali Amir Andrés Andrew Anthony Antonio Arjun Arthur Benjamin Bernard "
    "Bill Boris Brandon Brian Calvin Carlos Charles Chen Christopher Clarence Curtis Daniel Darnell David DeShawn Diego "
    "Dmitri Dominic Donald Earl Edgar Eduardo Elijah Emeka Emil Enrique Eric Ernesto Ethan Eugene Felix Fernando Francis "
    "Frank Gary George Gerald Giovanni Gustavo Hamza Harold Hassan Hector Henry Hiroshi Hugo Ian Ibrahim Ivan Jack Jacob "
    "Jamal James Javier Jerome Jesús Joe John Jorge José Joseph Juan Julio Kareem Kenji Kevin Khalid Kwame Lars Lawrence Leo "
    "Leonard Luis Malik Marcus Mario Mark Martín Matthew Michael Miguel Mohammed Nathan Neil Nicolás Noah Omar Oscar Patrick "
    "Paul Pedro Peter Rafael Rajesh Raúl Raymond Ricardo Richard Robert Rohan Roger Samuel Santiago Sean Sergei Søren "
    "Stanley Stephen Tariq Terrence Thomas Timothy Trevor Tyrone Vijay Vincent Walter Wei William Xavier Yusuf Zachary"
)
_OTHERS: Final = "Alex Casey Charlie Jamie Jordan Kai Morgan Quinn Riley Robin Sam Taylor"
FIRST_NAMES: Final = (
    *(((name, gender), 1.0) for names, gender in ((_WOMEN, "F"), (_MEN, "M"), (_OTHERS, "U")) for name in names.split()),
    *(((name, ""), 3.0) for name in ("Dana", "Kim", "Robin")),
)
"""Name and gender, and the weight."""

_LAST_NAMES: Final = (
    "Abara Abbott Acosta Adeyemi Aguilar Ahmed Akhtar Albright Alvarez Andersen Armstrong Arroyo Ashford Avila Bailey "
    "Banerjee Barnes Barrera Bauer Becker Bennett Bergström Bianchi Blackwood Boateng Bowman Brandt Brennan Brooks Brown "
    "Burke Byrne Caldwell Campbell Carlson Carter Castillo Chang Chavez Chen Choi Clarke Cohen Coleman Collins Conti Cooper "
    "Cortez Crawford Cruz Cunningham Dahl Daniels Davenport Davis De-La-Cruz Delgado Desai Diaz Dixon Dlamini Donovan Doyle "
    "Dubois Duncan Edwards Ellison Engström Eriksen Espinoza Evans Farouk Fernández Finch Fischer Fitzgerald Fleming Flores "
    "Foster Franklin Fuentes Gallagher Garcia Gibson Gill Gomez Goldberg Gonzalez Graham Grant Greene Griffin Guerrero Gupta "
    "Gutierrez Haddad Hall Hamilton Hansen Harper Harris Hassan Hayes Henderson Hernandez Hicks Hoang Hoffman Holloway "
    "Hughes Huang Hussain Ibarra Ishikawa Ivanov Jackson Jansen Jenkins Jensen Jiménez Johnson Jones Joshi Kaplan Kaur "
    "Keller Kelly Kennedy Khan Kim Kimura Klein Kowalski Kruger Kumar Lambert Larsen Lawson Le Lee Lewis Li Lindqvist Liu "
    "Lombardi Long Lopez Lowe Lynch MacDonald Mahmoud Malone Marino Marsh Martin Martinez Mbeki McAllister McCarthy Medina "
    "Mehta Mendoza Meyer Miller Mitchell Moore Morales Moreno Morgan Morrison Müller Murphy Myers Nair Nakamura Navarro "
    "Nelson Newman Nguyen Nielsen Nolan Novak Núñez Nwosu O'Brien O'Connor O'Neill Obi Ochoa Okafor Olsen Ortega Ortiz Osei "
    "Osman Owens Palmer Papadopoulos Park Parker Patel Pearson Peña Pereira Perez Peterson Petrov Pham Phillips Popescu "
    "Porter Powell Price Public Quinn Ramirez Ramos Rashid Reed Reyes Reynolds Ricci Richards Rivera Roberts Robinson "
    "Rodriguez Rojas Romano Rosenberg Rossi Ruiz Russell Russo Ryan Saito Salazar Sanchez Sanders Santos Sato Schmidt "
    "Schneider Schwartz Scott Serrano Shah Sharma Shaw Silva Simmons Singh Smith Sokolov Solís Stein Stevens Stone Suárez "
    "Sullivan Suzuki Takahashi Tan Tanaka Taylor Thompson Torres Tran Tucker Turner Vance Vargas Vega Velasquez Wagner "
    "Walker Wallace Walsh Wang Ward Warren Washington Watson Webb Weber West Whitaker White Wilkins Williams Wilson Wójcik "
    "Wong Wright Wu Yamamoto Yang Yildiz Young Zamora Zhang Zimmerman"
)
LAST_NAMES: Final = tuple((name.replace("De-La-", "De La "), 1.0) for name in _LAST_NAMES.split())

_STREETS: Final = (
    "Oak St|Maple Ave|Cedar Ln|Elm St|Pine St|Walnut Ave|Willow Dr|Birch Rd|Chestnut St|Spruce St|Magnolia Blvd|Sycamore Ave|"
    "Juniper Ct|Main St|2nd Ave|5th St|Lake Shore Dr|Park Pl|River Rd|Hillcrest Dr|Sunset Blvd|Highland Ave|Meadow Ln|"
    "Orchard Rd|Mill St|Church St|School House Rd|Franklin Ave|Jefferson St|Lincoln Way|Madison Ave|Monroe St|"
    "Washington Blvd|Harrison St|Grant Ave|N Broadway|S Canal St|W Grand Ave|E Market St|Old Post Rd|County Road 14|"
    "Valley View Dr|Fairview Ave|Prospect St|Ocean Pkwy|Bay Ridge Ave|Harbor Dr|Lighthouse Ln|Canyon Crest Dr|Mesa Verde Way|"
    "Camino del Sol|Calle de la Rosa|Sample St"
)
STREETS: Final = _STREETS.split("|")
SECOND_LINES: Final = account.weighted(
    " 74|Apt 2 3|Apt 4B 3|Apt 12 2|Apt 310 2|Unit 7 3|Unit C 2|Suite 210 2|Lot 18 1.5|# 5 1.5|2nd floor 1.5|"
    "c/o Blue Heron Bakery 0.5|PO Box 114 1|null 1"
)

ODD_PEOPLE: Final[tuple[tuple[dict[str, str], str], ...]] = (
    ({"first_name": "", "last_name": ""}, ""),
    ({"first_name": "小明", "last_name": "王"}, "wang.xiaoming"),
    ({"first_name": "", "last_name": "", "gender": "U"}, ""),
    ({"first_name": "さくら", "last_name": "佐藤"}, "sato.sakura"),
    ({"first_name": "محمد", "last_name": "العلي"}, "m.alali"),
    ({"first_name": "민준", "last_name": "김"}, "minjun.kim"),
    ({"first_name": "Ana 👍🏽", "last_name": "Peña"}, "ana.pena"),
    ({"first_name": "", "last_name": "Whitlock"}, "whitlock"),
    ({"first_name": "Marguerite", "last_name": ""}, "marguerite"),
    ({"first_name": "Łukasz", "last_name": "Żółkiewski"}, "lukasz.zolkiewski"),
    ({"first_name": "Zoe\u0308", "last_name": "Nguye\u0302\u0303n"}, "zoe.nguyen"),
    ({"first_name": "[b]Bob[/b]", "last_name": "[link=x]Tables"}, "bob.tables"),
    ({"first_name": "null", "last_name": "null", "gender": ""}, ""),
    ({"first_name": "MARY ANN", "last_name": "ST. CLAIR"}, "MARYANN.STCLAIR"),
    ({"first_name": "प्रिया", "last_name": "शर्मा"}, "priya.sharma"),
    ({"first_name": "נועה", "last_name": "לוי"}, "noa.levi"),
    ({"first_name": "👩\u200d👩\u200d👧 The", "last_name": "Ferraro Family"}, "ferraro"),
    ({"first_name": "Jean-Luc", "last_name": 'de "Beau" Lac, Jr.'}, "jeanluc"),
    ({"first_name": "Hubert", "last_name": "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh-Cholmondeley"}, "hubert"),
    ({"first_name": "  jo  ", "last_name": "o'dell "}, "jo.odell"),
    ({"first_name": "Bobby\r\n", "last_name": "Line\tBreak"}, "bobby"),
)
"""Replacements for usual names, and the part of the email before its number ("" for no email). Mostly names that tables and
terminals get wrong: empty, wide, right to left, combining, markup, control characters, long."""

NEVER: Final = "0000-00-00 00:00:00"

ODD_RECORDS: Final[tuple[Mapping[str, object], ...]] = (
    {"gmt_offset_now": "", "locale_gmt": ""},
    {"gmt_offset_now": None},
    {"gmt_offset_now": "0.00", "locale_gmt": "0.00"},
    {"gmt_offset_now": "-5", "locale_gmt": "-5"},
    {"created_at": NEVER, "updated_at": NEVER, "modified_at": NEVER, "last_called": NEVER, "first_contacted_at": NEVER},
    {"updated_at": "0000-00-00", "modified_at": "0000-00-00"},
    {"last_called": "2015-01-29T14:09:57-0800", "date_of_birth": "0000-00-00"},
    {"city": "null", "address2": "null", "owner_name": "null", "plan_sold": "null", "carrier_name": "null"},
    {"address1": "", "address2": "", "city": "", "state": "", "postal_code": "", "country": "", "gender": ""},
    {"email": None, "gender": None, "province": None, "address2": None, "notes": None, "user_id": None, "user_name": None},
    {
        "notes": '|"System Call Re-disp by JS RD: 2026-03-01 11:56:41 NOCONT" [b]not markup[/b]\n'
        "Ask for 'Sam' (2nd floor)\r\n\r\nback | soon",
    },
    {"notes": "[@click=app.quit]press me[/] [/nope] [red]$HOME `id` '; rm x[/red]"},
    {
        "notes": "مرحبا بك \u202eright to left\u202c · 你好，世界 · "
        "👩\u200d🚒🏽 · e\u0301\u0301\u0301\u0301\u0301 · \u200bzero width"
    },
    {"notes": "bell \x07, escape \x1b[31mred\x1b[0m, nul \x00, title \x1b]0;owned\x07, C1 \x9b5n"},
    {"notes": "She called back. " + "He said he would think about it, then asked for the price again; " * 30},
    {"extra_block": {"score": 71, "tags": ["hot", "es"], "seen": None}},
    {"consents": [{"kind": "sms", "given": True}, {"kind": "call", "given": False}], "field_3": "A+"},
    {"field_101": "Long answer: " + "lorem ipsum [bold]dolor[/bold] sit amet 🎉 " * 50},
    {
        "What's your plan?": "Family \U0001f9d1\u200d\U0001f9d1\u200d\U0001f9d2",
        "[bold]key[/bold]": "[i]value[/i]",
        "key with\nbreak": "x",
    },
    {"field_1": "Gold", "field_3": "A+", "field_11": "soon", "field_84": "1e3", "field_101": "\ttabbed\tanswer", "score": "007"},
    {"status": "MYSTERY", "status_name": "", "called_count": "", "called_since_last_reset": ""},
    {"list_id": "0", "directory_uid": "", "directory_name": "", "source_name": "A list\nthat was deleted", "campaign_name": "null"},
)
"""Laid over leads here and there: empty offsets, zero dates, nested values, notes with markup. None takes a key away.

Each occurs in real accounts, or may, since web forms let anything through.
"""
