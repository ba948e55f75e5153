"""HL7 FHIR R4 bundles, in the profiles of mCODE where they use them, to profiles of the interchange format."""
