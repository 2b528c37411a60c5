"""The public pages: of a code, of reports, of the camera. They ask the gateway as everybody may, and have no other way."""
