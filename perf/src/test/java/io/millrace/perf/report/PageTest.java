package io.millrace.perf.report;

import static io.millrace.perf.report.SampleRuns.CEILING;
import static io.millrace.perf.report.SampleRuns.PEER;
import static io.millrace.perf.report.SampleRuns.SUBJECT;
import static io.millrace.perf.report.SampleRuns.TWIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.perf.result.RunResult;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PageTest {
    private static final RunResult EVERYTHING = SampleRuns.everything(SUBJECT, PEER, TWIN, CEILING);

    @Test
    void hasEverySection() {
        assertThat(page(EVERYTHING))
                .contains("<h1>Millrace beside Apache Kafka</h1>")
                .contains(
                        "id=\"glance\"",
                        "id=\"throughput\"",
                        "id=\"latency\"",
                        "id=\"cpu\"",
                        "id=\"memory\"",
                        "id=\"start\"",
                        "id=\"scale\"",
                        "id=\"limits\"",
                        "id=\"method\"",
                        "id=\"environment\"",
                        "id=\"again\"",
                        "id=\"details\"")
                .contains("git checkout 0123456789abcdef", "./millrace perf run all --against kafka --self")
                .contains("java -jar 'it'\\''s.jar'");
    }

    @Test
    void describesEveryChartThatItHasAPlaceFor() throws Exception {
        String page = page(EVERYTHING);

        JsonNode charts = charts(page);

        assertThat(charts).hasSizeGreaterThan(15);
        assertThat(Pattern.compile("<canvas data-chart=").matcher(page).results())
                .hasSize(charts.size());
        assertThat(charts.findValuesAsText("kind")).contains("bars", "ratios", "lines");
    }

    @Test
    void drawsTheCeilings() throws Exception {
        assertThat(charts(page(EVERYTHING)).findValuesAsText("name"))
                .contains("null broker, which stores nothing", "loopback", "one sync of the disk, alone");
    }

    @Test
    void needsNoNetwork() {
        String page = page(EVERYTHING);
        assertThat(page)
                .doesNotContainPattern("<script[^>]+src=")
                .doesNotContainPattern("<link[^>]+href=\"(?!data:)")
                .doesNotContain("sourceMappingURL", "@import")
                .contains("Content-Security-Policy\" content=\"default-src 'none'")
                .contains("Released under the MIT License");
    }

    @Test
    void leavesOutWhatWasNotMeasured() throws Exception {
        String page = page(SampleRuns.only("start-cold", SUBJECT));

        assertThat(page)
                .contains("<h1>Millrace: what was measured</h1>", "id=\"start\"", "id=\"memory\"", "id=\"details\"")
                .doesNotContain("id=\"glance\"", "id=\"throughput\"", "id=\"latency\"", "id=\"scale\"");
        assertThat(charts(page)).hasSize(2);
    }

    @Test
    void hasNoColumnForABrokerThatDidNotTakePart() {
        assertThat(page(SampleRuns.only("produce-1KB", SUBJECT)))
                .contains("share of null broker")
                .doesNotContain("another broker");
    }

    @Test
    void standsARunThatHasNothingYet() {
        RunResult begun =
                SampleRuns.changed(SampleRuns.with(EVERYTHING, List.of()), "2026-01-02T03:04:05Z", null, true, null);

        assertThat(page(begun))
                .contains("was interrupted", "This was a quick run", "id=\"environment\"")
                .doesNotContain("id=\"limits\"", "id=\"details\"", "<canvas data-chart");
    }

    @Test
    void takesAScenarioFromTheNewestRun() {
        RunResult old = SampleRuns.only("start-cold", SUBJECT, PEER);
        RunResult later = SampleRuns.changed(
                SampleRuns.only("start-cold", SUBJECT), "2026-02-02T03:04:05Z", "2026-02-02T04:00:00Z", false, null);

        Findings findings = Findings.of(List.of(later, old));

        assertThat(findings.all()).singleElement().extracting(Finding::run).isEqualTo(later);
        assertThat(findings.runs()).containsExactly(old, later);
    }

    @Test
    void escapesWhatItIsTold() {
        assertThat(page(EVERYTHING)).contains("a &lt;made-up&gt; problem").doesNotContain("<made-up>");
    }

    private static String page(RunResult... runs) {
        return Page.of(Findings.of(List.of(runs)));
    }

    private static JsonNode charts(String page) throws Exception {
        var json = Pattern.compile("<script type=\"application/json\" id=\"charts\">(.*?)</script>", Pattern.DOTALL)
                .matcher(page);
        assertThat(json.find()).isTrue();
        return JsonMapper.builder().build().readTree(json.group(1));
    }
}
