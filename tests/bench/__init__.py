"""The bench itself: its data are what they claim, its servers answer the same, its tables name what there is."""
