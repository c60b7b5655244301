"""E-mail for eszkola-core: by SMTP, or as files in a folder."""
