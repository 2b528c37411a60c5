"""A signer over keys in memory, for tests that need no store."""

from joserfc.jwk import OKPKey

from auth.signer import KeyRing, SigningKey


def ring_of(*keys: OKPKey) -> KeyRing:
    """The keys, all of which sign now."""
    made = [SigningKey(str(k.kid), OKPKey.import_key(k.as_dict(private=False)), k) for k in keys]
    return KeyRing(made, lambda: 0.0)
