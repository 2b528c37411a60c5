"""What the authorisation server says of itself (RFC 8414, OpenID Connect Discovery 1.0)."""

from collections.abc import Sequence
from typing import Any

from auth.server.house import House
from auth.server.jose import ALGORITHMS
from auth.server.registration import DEVICE_CODE, SCOPES
from auth.signer import ALGORITHM

_PROOFS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
_LOCALES = ["zh-CN", "en"]


def metadata(house: House, purposes: Sequence[str]) -> dict[str, Any]:
    """The document of both well-known addresses; `purposes` are what the parameter of this name may hold."""
    return {
        "issuer": house.issuer,
        "authorization_endpoint": house.at("/oauth/authorize"),
        "token_endpoint": house.at("/oauth/token"),
        "jwks_uri": house.at("/oauth/jwks"),
        "userinfo_endpoint": house.at("/oauth/userinfo"),
        "introspection_endpoint": house.at("/oauth/introspect"),
        "revocation_endpoint": house.at("/oauth/revoke"),
        "device_authorization_endpoint": house.at("/oauth/device"),
        "pushed_authorization_request_endpoint": house.at("/oauth/par"),
        "scopes_supported": sorted(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            DEVICE_CODE,
        ],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": [*_PROOFS, "none"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": _PROOFS,
        "introspection_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": [*_PROOFS, "none"],
        "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "code_challenge_methods_supported": ["S256"],
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "amr", "sid",
            "name", "preferred_username", "department", "role",
        ],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "require_pushed_authorization_requests": False,
        "authorization_response_iss_parameter_supported": True,
        "prompt_values_supported": ["none", "login", "consent"],
        "ui_locales_supported": _LOCALES,
        "resource_indicators_supported": list(house.audiences),
        "purposes_supported": list(purposes),
    }  # fmt: skip
