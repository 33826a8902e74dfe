import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamsafar.lang.contacts import normalise_email, normalise_phone
from hamsafar.lang.digits import to_persian

SARA = "+989121234567"
MOBILES = st.integers(9_000_000_000, 9_998_999_999).map(str)


class TestPhone:
    @pytest.mark.parametrize(
        "text",
        [
            "۰۹۱۲۱۲۳۴۵۶۷",
            "٠٩١٢١٢٣٤٥٦٧",
            "09121234567",
            "9121234567",
            "+989121234567",
            "+98 (0) 912 123 4567",
            "00989121234567",
            "989121234567",
            "۰۹۱۲ ۱۲۳ ۴۵۶۷",
            "0912-123-45-67",
            "\u202a+98 912 123 4567\u202c",
            "\u200f0912‌123‌4567",
            "０９１２１２３４５６７",
            "＋98 912 123 4567",
            "+۹۸۹۱۲۱۲۳۴۵۶۷",
        ],
    )
    def test_every_way_to_write_an_iranian_mobile_is_one(self, text):
        assert normalise_phone(text, "IR") == SARA

    @given(MOBILES)
    def test_forms_with_and_without_country_code_agree(self, number):
        forms = [f"0{number}", f"+98{number}", f"0098{number}", number, to_persian(f"0{number}")]
        assert {normalise_phone(form, "IR") for form in forms} == {f"+98{number}"}

    @pytest.mark.parametrize(
        ("text", "country", "wanted"),
        [
            ("021 8888 1234", "IR", "+982188881234"),
            ("+44 20 7946 0958", "IR", "+442079460958"),
            ("0044 20 7946 0958", "IR", "+442079460958"),
            ("(415) 555-2671", "US", "+14155552671"),
            ("+1 415 555 2671", "", "+14155552671"),
            ("030 901820", "DE", "+4930901820"),
            ("+989121234567", "DE", SARA),
            ("00989121234567", "US", SARA),
        ],
    )
    def test_numbers_of_other_kinds_become_e164(self, text, country, wanted):
        assert normalise_phone(text, country) == wanted

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "abc",
            "ناشناس",
            "110",
            "0000000000",
            "09999999999",
            "+",
            "1" * 41,
            "12",
            "sara@example.com",
        ],
    )
    def test_what_is_no_number_is_none(self, text):
        assert normalise_phone(text, "IR") is None

    @given(st.text(max_size=45), st.sampled_from(["IR", "US", "DE", "", "XX", "سلام"]))
    def test_any_text_gives_e164_or_none(self, text, country):
        found = normalise_phone(text, country)
        if found is not None:
            assert found[0] == "+"
            assert found[1:].isascii()
            assert found[1:].isdigit()
            assert normalise_phone(found, country) == found

    def test_an_iranian_mobile_does_not_load_the_big_library(self):
        code = (
            "import sys; from hamsafar.lang.contacts import normalise_phone as n;"
            "assert n('09121234567', 'IR'); assert 'phonenumbers' not in sys.modules"
        )
        subprocess.run([sys.executable, "-c", code], check=True)


class TestEmail:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            (" Sara@Example.COM ", "sara@example.com"),
            ("mailto:sara@example.com", "sara@example.com"),
            ("sara.k+news@mail.example.co.ir", "sara.k+news@mail.example.co.ir"),
            ("sara\u200c@example.com\u200f", "sara@example.com"),
            ("sara۱۲@example.com", "sara12@example.com"),
            ("info@مثال.com", "info@xn--mgbh0fb.com"),
            ("info@xn--mgbh0fb.com", "info@xn--mgbh0fb.com"),
            ("o'neil@example.com", "o'neil@example.com"),
        ],
    )
    def test_gives_the_one_form(self, text, wanted):
        assert normalise_email(text) == wanted

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "sara",
            "@example.com",
            "sara@",
            "sara@localhost",
            "a@b@c.com",
            "a b@example.com",
            ".a@example.com",
            "a.@example.com",
            "a..b@example.com",
            "a@-example.com",
            "a@example..com",
            "x" * 65 + "@example.com",
            "a@" + "x" * 64 + ".com",
            "a@" + "x." * 200 + "com",
            "a@b.com\0",
            "<a@b.com>",
        ],
    )
    def test_what_is_no_address_is_none(self, text):
        assert normalise_email(text) is None

    @given(st.text() | st.emails())
    def test_the_form_of_a_form_is_itself(self, text):
        found = normalise_email(text)
        assert found is None or normalise_email(found) == found
