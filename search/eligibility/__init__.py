"""The eligibility engine: patient against criteria, verdicts with evidence. No input or output."""
