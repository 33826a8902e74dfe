"""Persian and English text, contacts, digits and calendars. Imports nothing of ours.

`text` gives the key by which all text is compared, `contacts` the one form of an e-mail address or
phone number, `digits` both kinds of digits, `calendar` Jalali and Gregorian dates, weeks and
holidays.
"""
