"""What several rules ask of a document: each analysis is made once, by `subject.once(analysis)`."""
