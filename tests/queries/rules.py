"""Sigma rules with every kind of value, and the rows that they are to find by hand."""

RULES = r"""
title: ends
logsource: {product: windows, service: security}
detection:
  a: {Application|endswith: ['\a_b%c!d$e.exe', "o'clock.exe"]}
  condition: a
---
title: whole
logsource: {product: windows, service: security}
detection:
  a: {Application: '\Device\${x}\A_B%c!D$e.EXE'}
  condition: a
---
title: wild
logsource: {product: windows, service: security}
detection:
  a: {Application|contains: 'b?c*d'}
  condition: a
---
title: networks
logsource: {product: windows, service: security}
detection:
  a: {local_address|cidr: ['10.16.0.0/12', 'fe80::/10', '::1/128', '::/16']}
  condition: a
---
title: not in a network
logsource: {product: windows, service: security}
detection:
  a: {EventID: 5157}
  b: {local_address|cidr: '10.16.0.0/12'}
  condition: a and not b
---
title: numbers
logsource: {product: windows, service: security}
detection:
  a: {EventID: 5157, local_port|gte: 1024}
  b: {FilterOrigin: null, Direction: '%%14592'}
  condition: a and b
---
title: destination
logsource: {product: windows, service: security}
detection:
  a: {DestPort: 443}
  condition: a
---
title: case
logsource: {product: windows, service: security}
detection:
  a: {Application|cased|contains: 'Ab'}
  condition: a
---
title: expression
logsource: {product: windows, service: security}
detection:
  a: {Application|re: 'a.*b'}
  condition: a
---
title: filters
logsource: {product: windows, service: security}
detection:
  a: {EventID: 5447, FilterName|contains: 'x'}
  condition: a
"""
ROWS = [
    {"app_path": "\\device\\${x}\\a_b%c!d$e.exe", "local_address": "10.16.0.1", "event_id": 5157,
     "local_port": 1024, "direction": "INBOUND", "direction_code": 14592, "remote_port": 80},
    {"app_path": "\\device\\${x}\\axb%c!d$e.exe", "local_address": "10.32.0.1", "event_id": 5157,
     "local_port": 443, "direction": "INBOUND", "direction_code": 14592, "remote_port": 9},
    {"app_path": "C:\\it is o'Clock.exe", "local_address": "fe80::1", "event_id": 5157,
     "local_port": 2000, "direction": "OUTBOUND", "direction_code": 14593, "remote_port": 443},
    {"app_path": None, "local_address": "febf:1::1", "event_id": 5157, "local_port": None,
     "filter_origin": "x", "direction": "INBOUND", "direction_code": 14592},
    {"app_path": "bxc", "local_address": "fec0::1", "event_id": 5156, "local_port": 5},
    {"app_path": "bxcd", "local_address": "::1", "event_id": 5156},
    {"app_path": "", "local_address": "::ffff:a10:1", "event_id": 5156},
    {"app_path": "x", "local_address": None, "event_id": 5157, "destination_port": 443,
     "source_port": 1},
]
FOUND = {
    "ends": [0, 2], "whole": [0], "wild": [0, 1, 5], "networks": [0, 2, 3, 5, 6],
    "not in a network": [1, 2, 3, 7], "numbers": [0], "destination": [1, 2, 7]}
UNANSWERED = {
    "case": "distinguishes upper and lower case", "expression": "has a regular expression",
    "filters": "is about records of filters, which are no events"}
