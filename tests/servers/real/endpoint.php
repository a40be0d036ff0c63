<?php
// An endpoint that answers as a PHP backend of leads/search does: json_encode over rows, 5,000 invented leads, exact filters.
// The province of a request selects what goes wrong, so that one address serves every case.
const LEADS = 5000;
const FIRST_ID = 1000000000;   // ten digits: 900 ids are too long for a request line of 8 KB
const BAD = [1234, 3333, 4711];   // json_encode refuses these: their notes are not UTF-8

$p = $_GET;
$case = $p['province'] ?? '';
unset($p['auth_token'], $p['province']);

function refuse(int $code, string $text): never {
    header('Content-Type: application/json');
    echo json_encode(['success' => false, 'code' => $code, 'text' => $text]);
    exit;
}

if (($_GET['auth_token'] ?? '') !== getenv('REAL_TOKEN')) {
    refuse(5001, 'Auth token is invalid');
}
if ($case === 'fatal') {
    no_such_function();
}
if ($case === 'down') {
    http_response_code(503);
    exit;
}
if ($case === 'notice') {
    ini_set('display_errors', '1');
    trigger_error('Undefined index: campaign', E_USER_WARNING);
}

$offset = max(0, (int) ($p['offset'] ?? 0));
$limit = min(2000, max(1, (int) ($p['limit'] ?? 10)));
unset($p['offset'], $p['limit']);

function lead(int $n, string $case): array {
    return [
        'id' => (string) (FIRST_ID + $n), 'lead_id' => (string) (FIRST_ID + $n), 'first_name' => 'Ann', 'last_name' => 'Example ' . $n,
        'email' => "lead$n@example.com", 'status' => $n % 8 ? 'NEW' : 'NA', 'status_name' => $n % 8 ? 'New Lead' : 'No Answer',
        'phone_number' => sprintf('301555%04d', $n % 10000), 'alt_phone_1' => '', 'alt_phone_2' => '', 'phone_code' => '1',
        'city' => 'Fresno', 'state' => 'CA', 'list_id' => '2705', 'owner_id' => '0', 'created_at' => '2026-06-02 21:09:36',
        'last_called' => '0000-00-00 00:00:00', 'gmt_offset_now' => '-8.00', 'called_count' => (string) ($n % 7),
        'notes' => $case === 'bad' && in_array($n, BAD, true) ? "caf\xe9" : str_repeat('left a message; ', 20),
    ];
}

$numbers = range(1, LEADS);
if (isset($p['lead_id'])) {
    $wanted = array_map(fn (string $id): int => (int) $id - FIRST_ID, explode(',', $p['lead_id']));
    $numbers = array_values(array_intersect($numbers, $wanted));
    unset($p['lead_id']);
}
if (isset($p['phone_number'])) {
    $numbers = array_values(array_filter($numbers, fn (int $n): bool => lead($n, $case)['phone_number'] === $p['phone_number']));
}
$entries = array_map(fn (int $n): array => lead($n, $case), array_slice($numbers, $offset, $limit));
header('Content-Type: application/json');
echo json_encode(['success' => true, 'data' => [
    'offset' => (string) $offset, 'limit' => (string) $limit, 'total' => (string) count($numbers), 'entries' => $entries,
]]);
