"""Who the invented people are: first and last names, streets, and what the record of an unusual person holds. Data only."""

from __future__ import annotations

WOMEN = (
    "Abigail Adriana Aisha Alice Alma Amara Amelia Ana Angela Anita Annika Ayesha Beatriz Bianca Brenda Camila Carmen Carol "
    "Caroline Catherine Chloe Clara Dana Daniela Deborah Denise Diana Dolores Dorothy Elena Elizabeth Emily Emma Erika "
    "Esther Eva Fatima Fiona Francesca Gabriela Gloria Grace Greta Hannah Harriet Helen Ingrid Irene Isabella Ivy Jada Jane "
    "Janet Jasmine Joan Josephine Joy Judith Julia Karen Katarzyna Keiko Kim Latoya Laura Leah Leila Lillian Linda Lucía "
    "Lucy Magdalena Maja María Marisol Martha Mei Mercedes Mia Michelle Miriam Nadia Nancy Naomi Natalia Nina Noor Nora Ola "
    "Olivia Paloma Patricia Priya Rachel Renée Rosa Ruth Samantha Sandra Sara Shanice Shirley Sofía Stella Susan Tamika "
    "Tatiana Teresa Thảo Valentina Vera Victoria Wanda Ximena Yolanda Yuki Zoë"
)
MEN = (
    "Aaron Abdul Adam Ahmed Albert Alejandro Alexander Ali Amir Andrés Andrew Anthony Antonio Arjun Arthur Benjamin Bernard "
    "Bill Boris Brandon Brian Calvin Carlos Charles Chen Christopher Clarence Curtis Daniel Darnell David DeShawn Diego "
    "Dmitri Dominic Donald Earl Edgar Eduardo Elijah Emeka Emil Enrique Eric Ernesto Ethan Eugene Felix Fernando Francis "
    "Frank Gary George Gerald Giovanni Gustavo Hamza Harold Hassan Hector Henry Hiroshi Hugo Ian Ibrahim Ivan Jack Jacob "
    "Jamal James Javier Jerome Jesús Joe John Jorge José Joseph Juan Julio Kareem Kenji Kevin Khalid Kwame Lars Lawrence Leo "
    "Leonard Luis Malik Marcus Mario Mark Martín Matthew Michael Miguel Mohammed Nathan Neil Nicolás Noah Omar Oscar Patrick "
    "Paul Pedro Peter Rafael Rajesh Raúl Raymond Ricardo Richard Robert Rohan Roger Samuel Santiago Sean Sergei Søren "
    "Stanley Stephen Tariq Terrence Thomas Timothy Trevor Tyrone Vijay Vincent Walter Wei William Xavier Yusuf Zachary"
)
OTHERS = "Alex Casey Charlie Jamie Jordan Kai Morgan Quinn Riley Robin Sam Taylor"

LAST_NAMES = (
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

STREETS = (
    "Oak St|Maple Ave|Cedar Ln|Elm St|Pine St|Walnut Ave|Willow Dr|Birch Rd|Chestnut St|Spruce St|Magnolia Blvd|Sycamore Ave|"
    "Juniper Ct|Main St|2nd Ave|5th St|Lake Shore Dr|Park Pl|River Rd|Hillcrest Dr|Sunset Blvd|Highland Ave|Meadow Ln|"
    "Orchard Rd|Mill St|Church St|School House Rd|Franklin Ave|Jefferson St|Lincoln Way|Madison Ave|Monroe St|"
    "Washington Blvd|Harrison St|Grant Ave|N Broadway|S Canal St|W Grand Ave|E Market St|Old Post Rd|County Road 14|"
    "Valley View Dr|Fairview Ave|Prospect St|Ocean Pkwy|Bay Ridge Ave|Harbor Dr|Lighthouse Ln|Canyon Crest Dr|Mesa Verde Way|"
    "Camino del Sol|Calle de la Rosa|Sample St"
)
SECOND_LINES: tuple[tuple[str, float], ...] = (
    ("", 74),
    ("Apt 2", 3),
    ("Apt 4B", 3),
    ("Apt 12", 2),
    ("Apt 310", 2),
    ("Unit 7", 3),
    ("Unit C", 2),
    ("Suite 210", 2),
    ("Lot 18", 1.5),
    ("# 5", 1.5),
    ("2nd floor", 1.5),
    ("c/o Blue Heron Bakery", 0.5),
    ("PO Box 114", 1),
    ("null", 1),
)

ODD_PEOPLE: tuple[tuple[dict[str, str], str], ...] = (
    ({"first_name": "", "last_name": ""}, ""),
    ({"first_name": "小明", "last_name": "王"}, "wang.xiaoming"),
    ({"first_name": "", "last_name": "", "gender": "U"}, ""),
    ({"first_name": "さくら", "last_name": "佐藤"}, "sato.sakura"),
    ({"first_name": "محمد", "last_name": "العلي"}, "m.alali"),
    ({"first_name": "민준", "last_name": "김"}, "minjun.kim"),
    ({"first_name": "Ana 🎉", "last_name": "Peña"}, "ana.pena"),
    ({"first_name": "", "last_name": "Whitlock"}, "whitlock"),
    ({"first_name": "Marguerite", "last_name": ""}, "marguerite"),
    ({"first_name": "Łukasz", "last_name": "Żółkiewski"}, "lukasz.zolkiewski"),
    ({"first_name": "Zoe\u0308", "last_name": "Nguye\u0302\u0303n"}, "zoe.nguyen"),
    ({"first_name": "[b]Bob[/b]", "last_name": "[link=x]Tables"}, "bob.tables"),
    ({"first_name": "null", "last_name": "null", "gender": ""}, ""),
    ({"first_name": "MARY ANN", "last_name": "ST. CLAIR"}, "MARYANN.STCLAIR"),
    ({"first_name": "Дмитрий", "last_name": "Соколов"}, "d.sokolov"),
    ({"first_name": "נועה", "last_name": "לוי"}, "noa.levi"),
    ({"first_name": "👩\u200d👩\u200d👧 The", "last_name": "Ferraro Family"}, "ferraro"),
    ({"first_name": "Jean-Luc", "last_name": 'de "Beau" Lac, Jr.'}, "jeanluc"),
    ({"first_name": "Hubert", "last_name": "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh-Cholmondeley"}, "hubert"),
    ({"first_name": "  jo  ", "last_name": "o'dell "}, "jo.odell"),
    ({"first_name": "Bobby\r\n", "last_name": "Line\tBreak"}, "bobby"),
)
"""What takes the place of the usual names, and the part of the email before the number ("" for none). Mostly names that tables and
terminals get wrong: none, wide, right to left, combining, markup, control characters, long."""
