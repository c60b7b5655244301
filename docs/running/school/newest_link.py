"""Print the link of the one e-mail in a folder that has any."""

from __future__ import annotations

import re
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

for path in Path(sys.argv[1]).glob("*.eml"):
    body = message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default).get_body(("plain",))
    if body is not None and (found := re.search(r"https://\S+token=\S+", body.get_content())):
        print(found[0])
