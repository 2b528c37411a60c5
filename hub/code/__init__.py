"""The code of honesty: what it says, its life from application to cancellation, its printables, its scans."""
