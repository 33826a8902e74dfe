import json

import pytest
from support.api import LOCAL, PASSWORD

from hamsafar.access.types import Role

NEW_PASSWORD = "another good 77 words"


class TestFirstLink:
    def test_makes_the_owner_and_signs_in(self, site):
        link = site.access.accounts.owner_link(LOCAL)
        with site.stranger() as browser:
            assert browser.get(f"/api/links/{link}").json() == {
                "purpose": "owner",
                "email": "",
                "role": "owner",
            }
            body = {"email": "Sara@Example.com", "name": "سارا", "password": PASSWORD}
            me = browser.post(f"/api/links/{link}", json=body).json()
            assert (me["email"], me["name"], me["role"]) == ("sara@example.com", "سارا", "owner")
            assert me["workspace"]["zone"] == "Asia/Tehran"
            assert browser.get("/api/me").json() == me
            assert browser.get(f"/api/links/{link}").status_code == 404

    def test_an_unknown_link_is_not_found(self, shared):
        with shared.stranger() as browser:
            answer = browser.get("/api/links/nonsense")
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


class TestCookie:
    def test_on_this_machine_without_tls_it_is_plain_but_strict(self, shared):
        email = shared.join(Role.OWNER).me["email"]
        with shared.stranger() as browser:
            answer = browser.post("/api/sign-in", json={"email": email, "password": PASSWORD})
        cookie = answer.headers["set-cookie"].lower()
        assert cookie.startswith("hamsafar=")
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "domain" not in cookie

    def test_over_tls_it_has_the_host_prefix_and_is_secure(self, shared):
        email = shared.join(Role.OWNER).me["email"]
        with shared.stranger() as browser:
            browser.headers.update({"X-Forwarded-Proto": "https", "Host": "cx.example.com"})
            answer = browser.post("/api/sign-in", json={"email": email, "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-hamsafar=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000")

    def test_a_plain_request_from_elsewhere_gets_only_a_secure_one(self, shared):
        email = shared.join(Role.OWNER).me["email"]
        with shared.stranger() as browser:
            browser.headers["Host"] = "cx.example.com"
            answer = browser.post("/api/sign-in", json={"email": email, "password": PASSWORD})
        assert answer.headers["set-cookie"].startswith("__Host-hamsafar=")

    def test_each_sign_in_makes_a_new_session_and_ends_the_old_one(self, shared):
        person = shared.join(Role.OWNER)
        email = person.me["email"]
        old = person.cookies["hamsafar"]
        person.take(person.post("/api/sign-in", json={"email": email, "password": PASSWORD}))
        assert person.cookies["hamsafar"] != old
        with shared.stranger() as thief:
            thief.cookies.set("hamsafar", old)
            assert thief.get("/api/me").status_code == 401


class TestForgery:
    @pytest.mark.parametrize("csrf", ["", "wrong", "ü"])
    def test_a_changing_request_needs_the_csrf_value(self, shared, csrf):
        with shared.join(Role.OWNER) as person:
            answer = person.patch(
                "/api/me", json={"name": "x"}, headers={"X-CSRF-Token": csrf.encode()}
            )
        assert (answer.status_code, answer.json()["where"]) == (403, "x-csrf-token")

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
        ],
    )
    def test_another_site_can_neither_change_read_nor_sign_in(self, shared, headers):
        with shared.join(Role.OWNER) as person:
            email = person.me["email"]
            body = {"email": email, "password": PASSWORD}
            answers = [
                person.patch("/api/me", json={"name": "x"}, headers=headers),
                person.get("/api/me", headers=headers),
                person.post("/api/sign-in", json=body, headers=headers),
            ]
        assert [answer.status_code for answer in answers] == [403] * 3

    def test_our_own_pages_may(self, shared):
        with shared.join(Role.OWNER) as person:
            headers = {"Sec-Fetch-Site": "same-origin", "Origin": shared.url}
            assert person.patch("/api/me", json={"name": "x"}, headers=headers).is_success

    def test_a_form_cannot_sign_anybody_in(self, shared):
        email = shared.join(Role.OWNER).me["email"]
        with shared.stranger() as browser:
            body = json.dumps({"email": email, "password": PASSWORD})
            answer = browser.post(
                "/api/sign-in", content=body.encode(), headers={"Content-Type": "text/plain"}
            )
        assert answer.status_code == 400


class TestLockout:
    def test_after_five_wrong_passwords_one_waits(self, shared):
        email = shared.join(Role.OWNER).me["email"]
        with shared.stranger() as browser:
            wrong = {"email": email, "password": "wrong"}
            codes = [browser.post("/api/sign-in", json=wrong).status_code for _ in range(6)]
            assert codes == [401] * 5 + [429]
            right = browser.post("/api/sign-in", json={"email": email, "password": PASSWORD})
        assert right.status_code == 429
        assert int(right.headers["retry-after"]) >= 30
        assert right.json()["error"] == "too_fast"

    def test_unknown_and_known_accounts_look_the_same(self, shared):
        email = shared.join(Role.OWNER).me["email"]
        with shared.stranger() as browser:
            one, other = (
                browser.post("/api/sign-in", json={"email": address, "password": "wrong"})
                for address in (email, "nobody@example.com")
            )
        assert (one.status_code, one.json()) == (other.status_code, other.json())


class TestOneself:
    def test_sign_out_ends_the_session_at_once(self, shared):
        with shared.join(Role.OWNER) as person:
            cookie = person.cookies["hamsafar"]
            assert person.post("/api/sign-out").status_code == 204
            assert person.get("/api/me").status_code == 401
            person.cookies.set("hamsafar", cookie)
            assert person.get("/api/me").status_code == 401

    def test_a_new_password_needs_the_present_one_and_ends_other_sessions(self, shared):
        person = shared.join(Role.OWNER)
        email = person.me["email"]
        with shared.stranger() as elsewhere:
            body = {"email": email, "password": PASSWORD}
            assert elsewhere.post("/api/sign-in", json=body).is_success
            refused = person.patch("/api/me", json={"password": NEW_PASSWORD})
            assert refused.json()["where"] == "current_password"
            body = {"password": NEW_PASSWORD, "current_password": PASSWORD}
            person.take(person.patch("/api/me", json=body).raise_for_status())
            assert person.get("/api/me").is_success
            assert elsewhere.get("/api/me").status_code == 401
        person.close()

    def test_a_weak_password_is_refused_in_words(self, shared):
        with shared.join(Role.OWNER) as person:
            body = {"password": "qwertyuiop", "current_password": PASSWORD}
            answer = person.patch("/api/me", json=body)
        assert (answer.status_code, answer.json()["where"]) == (400, "password")
        assert "attackers" in answer.json()["detail"]

    def test_a_token_is_not_a_person(self, shared):
        with shared.program("people.read") as program:
            assert program.get("/api/me").status_code == 403


class TestStaff:
    def test_invite_join_change_reset_disable(self, shared):
        with shared.join(Role.OWNER) as owner:
            made = owner.post(
                "/api/users", json={"email": "ali@example.com", "role": "agent"}
            ).json()
            assert made["link"].startswith(f"{shared.url}/welcome?token=")
            secret = made["link"].partition("token=")[2]
            with shared.stranger() as ali:
                me = ali.post(f"/api/links/{secret}", json={"password": PASSWORD}).json()
                assert me["role"] == "agent"
                user = f"/api/users/{made['user']['id']}"
                assert owner.patch(user, json={"role": "analyst"}).json()["role"] == "analyst"
                assert ali.get("/api/me").status_code == 401
            reset = owner.post(f"{user}/reset").json()["link"].partition("token=")[2]
            with shared.stranger() as ali:
                assert ali.post(f"/api/links/{reset}", json={"password": NEW_PASSWORD}).is_success
                owner.patch(user, json={"disabled": True}).raise_for_status()
                assert ali.get("/api/me").status_code == 401
            listed = {row["email"]: row for row in owner.get("/api/users").json()["items"]}
            assert listed["ali@example.com"]["disabled_at"] is not None

    def test_the_last_owner_cannot_leave(self, site):
        with site.join(Role.OWNER) as owner:
            answer = owner.patch(f"/api/users/{owner.me['id']}", json={"role": "agent"})
        assert (answer.status_code, answer.json()["error"]) == (409, "conflict")
