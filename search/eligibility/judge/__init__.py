"""One judge a kind: a fact that a trial asks for, and what is known of a patient, give a judgement."""
