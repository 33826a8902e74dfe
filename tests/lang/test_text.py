import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hamsafar.lang.text import is_valid_text, text_key

PERSIAN = st.text(
    st.sampled_from("ابپتكکيىیةهۀآئؤأإ‌‍ـًٌَُِّْٰٓٔ۰۵٠٥05 \u200f\u202bAaáe\u0301İ") | st.characters(),
    max_size=30,
)


class TestTextKey:
    @pytest.mark.parametrize("word", ["آن", "مسئله", "آئین", "مؤمن"])
    def test_letters_keep_their_marks_when_they_come_decomposed(self, word):
        decomposed = unicodedata.normalize("NFD", word)
        assert decomposed != word
        assert text_key(decomposed) == word

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("می‌خواهم", "میخواهم"),
            ("كتاب‌هاي", "کتابهای"),
            ("مشتري", "مشتری"),
            ("علیٰ", "علی"),
            ("موسى", "موسی"),
            ("خانۀ", "خانه"),
            ("خانهٔ", "خانه"),
            ("سـلـام", "سلام"),
            ("سَلامٌ", "سلام"),
            ("\u202bسلام\u202c", "سلام"),
            ("۱۲۳ ٤٥٦", "123 456"),
            ("سلاااام", "سلام"),
            ("HELLO", "hello"),
            ("كتاب\u200bها", "کتابها"),
            ("\ufeffسلام", "سلام"),
        ],
    )
    def test_two_spellings_of_one_word_share_a_key(self, one, other):
        assert text_key(one) == text_key(other) == other

    @pytest.mark.parametrize(
        ("one", "other"), [("آن", "ان"), ("1000", "10"), ("۱۰۰۰۰", "۱۰۰"), ("مسئله", "مسیله")]
    )
    def test_different_words_keep_different_keys(self, one, other):
        assert text_key(one) != text_key(other)

    def test_two_equal_letters_stay(self):
        assert text_key("الله Book") == "الله book"

    @given(PERSIAN)
    @example("e\u200c\u0301")
    @example("ا\u200c\u0653")
    @example("\u1100\u1161\u200c\u1100\u1161\u200c\u1100\u1161\u200c")
    def test_the_key_of_a_key_is_itself(self, text):
        assert text_key(text_key(text)) == text_key(text)

    @given(PERSIAN)
    def test_composed_and_decomposed_texts_share_a_key(self, text):
        composed, decomposed = (unicodedata.normalize(f, text) for f in ("NFC", "NFD"))
        assert text_key(composed) == text_key(decomposed)

    @given(PERSIAN)
    def test_losing_half_spaces_changes_nothing(self, text):
        # A half-space may part a letter from a mark; without it they compose to another letter.
        if any(unicodedata.combining(c) for c in unicodedata.normalize("NFD", text)):
            return
        assert text_key(text.replace("\u200c", "")) == text_key(text)

    @pytest.mark.parametrize("text", ["Order Completed", "تجربه‌ي مشتري خوب"])
    def test_costs_no_more_than_a_few_dozen_string_methods(self, text):
        # A ratio, because seconds depend on the machine: about 4 on ours.
        def cost(work):
            best = float("inf")
            for _ in range(7):
                start = time.process_time_ns()
                for _ in range(5_000):
                    work()
                best = min(best, time.process_time_ns() - start)
            return best

        unit = cost(lambda: unicodedata.normalize("NFC", text).lower())
        assert cost(lambda: text_key(text)) < 30 * unit


class TestIsValidText:
    @given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
    def test_text_is_valid(self, text):
        assert is_valid_text(text)

    @pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "سلام\udfff"])
    def test_what_no_store_takes_is_not(self, text):
        assert not is_valid_text(text)
