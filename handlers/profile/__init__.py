"""Who a person is to us: language, occupation, district, consent; what is kept, and how it is erased."""
