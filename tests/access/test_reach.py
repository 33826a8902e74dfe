"""Which addresses webhooks may call."""

import pytest

from hamsafar.access.reach import may_call, target_of
from hamsafar.kernel.errors import BadInput

EVIL_URLS = [
    # Loopback, in every spelling.
    "http://127.0.0.1/",
    "http://127.0.0.1:80/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.255.255.254/",
    "http://0.0.0.0/",
    "http://0/",
    "http://00/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0177.0.0.01/",
    "http://127.0.0.0x1/",
    "http://127.0.0.01/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://127.0.0.1。/",
    "http://%31%32%37.0.0.1/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "http://foo.localhost/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[::1%25lo]/",
    # The own network.
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://3232235777/",
    "http://0xc0a80101/",
    "http://100.64.0.1/",
    "http://198.18.0.1/",
    "http://198.19.255.255/",
    "http://192.0.0.170/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://203.0.113.7/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[3fff::1]/",
    "http://[5f00::1]/",
    "http://router/",
    "http://printer.local/",
    "http://vault.internal/",
    "http://db.corp/",
    # Where clouds keep their keys.
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.170.2/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fd00:ec2::254]/",
    "http://metadata.google.internal/",
    # Tricks of the parser.
    "http://user:password@example.com/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1@example.com/",
    "http://@example.com/",
    "http://example.com\\@127.0.0.1/",
    "http:\\\\127.0.0.1/",
    "http:/127.0.0.1/",
    "http:127.0.0.1",
    "http:///127.0.0.1/",
    "http://exa mple.com/",
    "http://example.com/\r\nHost: 127.0.0.1",
    "http://example.com/\t",
    " http://127.0.0.1/",
    "http://example.com:0/",
    "http://example.com:22/",
    "http://example.com:6379/",
    "http://example.com:99999/",
    "http://[::1/",
    "http://[v1.fe80::a]/",
    "http://.example.com/",
    "http://exam..ple.com/",
    "http://-/",
    "http://example.com\u202e/",
    "http://",
    "http://?x",
    "//127.0.0.1/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_x",
    "javascript:alert(1)",
    "data:text/plain,x",
    "unix:///var/run/docker.sock",
    "",
    "https://example.com/" + "a" * 2000,
]
NEVER = [
    "http://169.254.169.254/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    "http://0.0.0.0/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://2130706433/",
    "http://user@10.0.0.1/",
]


class TestTarget:
    def test_the_table_is_long_enough(self):
        assert len(set(EVIL_URLS)) >= 100

    @pytest.mark.parametrize("url", EVIL_URLS)
    def test_an_evil_url_is_refused(self, url):
        with pytest.raises(BadInput) as caught:
            target_of(url)
        assert caught.value.where == "url"

    @pytest.mark.parametrize("url", NEVER)
    def test_some_are_refused_even_where_the_own_network_is_allowed(self, url):
        with pytest.raises(BadInput):
            target_of(url, private=True)

    @pytest.mark.parametrize(
        ("url", "authority", "path"),
        [
            ("https://example.com", "example.com", "/"),
            ("HTTPS://Example.COM/Alerts?q=%20", "example.com", "/Alerts?q=%20"),
            ("http://example.com:443/x", "example.com:443", "/x"),
            ("https://example.com.:443/", "example.com", "/"),
            ("https://هشدار.ایران/x", "xn--mgbphj8g.xn--mgba3a4f16a", "/x"),
            ("https://[2606:4700::1111]/", "[2606:4700::1111]", "/"),
            ("https://93.184.216.34/", "93.184.216.34", "/"),
        ],
    )
    def test_an_honest_url_goes_where_it_says(self, url, authority, path):
        target = target_of(url)
        assert (target.authority, target.path) == (authority, path)

    @pytest.mark.parametrize(
        "url",
        ["http://127.0.0.1:9999/x", "http://hooks:8080/", "http://[::1]:1/", "http://10.1.2.3/"],
    )
    def test_the_own_network_can_be_allowed(self, url):
        assert target_of(url, private=True).scheme == "http"


class TestMayCall:
    @pytest.mark.parametrize("address", ["", "example.com", "127.1", "::1%lo", "1.2.3.4.5"])
    def test_what_is_no_address_may_not(self, address):
        assert not may_call(address, private=True)
