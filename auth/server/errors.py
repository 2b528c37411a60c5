"""Refusals of the authorisation server that Authlib has no class for."""

from authlib.oauth2.rfc6749 import OAuth2Error


class InvalidTargetError(OAuth2Error):  # type: ignore[misc]
    """A resource that no token of this server is for (RFC 8707)."""

    error = "invalid_target"
    description = "Tokens of this server are for the hub alone."


class UnsupportedResponseError(OAuth2Error):  # type: ignore[misc]
    """An answer of another kind than a code is asked for. Authlib's own refusal would repeat what was sent."""

    error = "unsupported_response_type"
    description = "The answer of this server is a code: 'response_type=code'."


class InvalidProofError(OAuth2Error):  # type: ignore[misc]
    """A proof of possession is missing or not good (RFC 9449)."""

    error = "invalid_dpop_proof"
    description = "A good DPoP proof for this request is needed."
