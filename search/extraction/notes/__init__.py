"""Reading clinical notes: one concept a module, all over one `NoteText`."""
