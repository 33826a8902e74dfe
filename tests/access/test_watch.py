class TestAlerts:
    def test_one_is_open_per_kind_and_subject_until_closed(self, desk):
        watch = desk.access.watch
        first = watch.open_alert("lag", "", "12 s behind")
        assert watch.open_alert("lag", "", "20 s behind") == first
        watch.open_alert("silent_source", "3", "nothing for an hour")
        assert [alert.kind for alert in watch.open_alerts()] == ["lag", "silent_source"]
        watch.close_alert("lag", "")
        assert [alert.kind for alert in watch.open_alerts()] == ["silent_source"]
        assert watch.open_alert("lag", "", "again").id != first.id

    def test_is_told_once(self, desk):
        alert = desk.access.watch.open_alert("disk", "", "2 % free")
        desk.access.watch.told(alert)
        assert desk.access.watch.open_alerts()[0].told_at == desk.clock.now_us()


class TestSeen:
    def test_a_process_that_never_lived_was_never_seen(self, desk):
        assert desk.access.watch.seen_at("worker") is None
