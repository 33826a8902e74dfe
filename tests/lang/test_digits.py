from hypothesis import given
from hypothesis import strategies as st

from hamsafar.lang.digits import to_latin, to_persian


class TestDigits:
    def test_persian_and_arabic_become_latin(self):
        assert to_latin("۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩") == "0123456789 0123456789"

    def test_latin_and_arabic_become_persian(self):
        assert to_persian("0123456789 ٠١٢٣٤٥٦٧٨٩") == "۰۱۲۳۴۵۶۷۸۹ ۰۱۲۳۴۵۶۷۸۹"

    @given(st.text())
    def test_the_way_back_leads_home(self, text):
        assert to_latin(to_persian(text)) == to_latin(text)
