"""Cases and tasks: matched, flagged, sampled; consents that purposes wait for."""
