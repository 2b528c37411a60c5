"""Who is who: the crosswalk, successions, reviews, corrections and the quality board."""
