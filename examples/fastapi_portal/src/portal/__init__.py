"""
A portal's API: first access, recovery, sign-in, a guardian's children, and telephones that are paired by a QR code.

An example of how a service offers the platform over HTTP. `app.create_app` is where to begin reading.
"""
