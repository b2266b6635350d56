package io.millrace.perf.report;

import static io.millrace.perf.report.Html.escape;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.perf.result.Role;
import io.millrace.perf.result.RunResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One file with everything in it: sections, charts as JSON, the script that draws them, the chart library. */
final class Page {
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z]+)}}");
    private static final String WEBJAR = "/META-INF/maven/org.webjars.npm/chart.js/pom.properties";
    private static final String LIBRARY = "/META-INF/resources/webjars/chart.js/";

    private final Findings findings;
    private final Charts charts = new Charts();

    private Page(Findings findings) {
        this.findings = findings;
    }

    /** The whole page. */
    static String of(Findings findings) {
        return new Page(findings).html();
    }

    private String html() {
        String sections = sections(); // places the charts
        Map<String, String> parts = Map.of(
                "title", escape(title()),
                "style", resource("report.css"),
                "intro", intro(),
                "sections", sections,
                "charts", charts(),
                "library", library(),
                "script", resource("report.js"));
        // One pass: what is put in is not looked at again.
        return PLACE.matcher(resource("report.html"))
                .replaceAll(place -> Matcher.quoteReplacement(parts.getOrDefault(place.group(1), place.group())));
    }

    private String title() {
        boolean compared = findings.system(Role.PEER).isPresent();
        return findings.subject() + (compared ? " beside " + findings.peer() : ": what was measured");
    }

    private String intro() {
        RunResult newest = findings.runs().get(findings.runs().size() - 1);
        String what = findings.subject().equals("Millrace")
                ? "Millrace is a message broker that Apache Kafka's clients can use unchanged: programs send it records, it"
                        + " keeps them, and other programs read them. "
                : "";
        String done = findings.system(Role.PEER).isPresent()
                ? "Here it did the same work as %s, on the same machine, in turns.".formatted(findings.peer())
                : "This is what it did on one machine, with nothing to compare it with.";
        return Html.paragraph("lead", what + done)
                + Html.paragraph(
                        "where",
                        "%s · %s, %d cores, %s of memory · %s"
                                .formatted(
                                        newest.startedAt().replaceFirst("T.*", ""),
                                        newest.environment().cpu(),
                                        newest.environment().cores(),
                                        Scale.best("B", (double)
                                                newest.environment().memoryBytes()),
                                        Surroundings.versions(newest.environment())))
                + new Surroundings(findings).warnings();
    }

    private String sections() {
        StringBuilder html = new StringBuilder(new Headline(findings, charts).html());
        speed(html);
        cost(html);
        background(html);
        return html.toString();
    }

    private void speed(StringBuilder html) {
        LatencySection latencies = new LatencySection(findings, charts);
        section(
                html,
                "throughput",
                "Throughput",
                "How many records per second, as fast as it goes. More is better. Bars are medians, whiskers the lowest and"
                        + " highest round, ticks what the machine allows at most.",
                bars("recordsPerSecond", each -> !each.isPaced()) + Shares.html(findings));
        section(
                html,
                "latency",
                "Latency",
                "How long a record takes, and how long the unlucky ones do: further right are rarer, slower records. Both axes"
                        + " are logarithmic. Lower is better.",
                Html.subsection("At a fixed rate", latencies.html(true))
                        + Html.subsection(
                                "Under full load, where most of it is waiting in the client", latencies.html(false)));
    }

    private void cost(StringBuilder html) {
        section(
                html,
                "cpu",
                "Processor time",
                "Seconds of CPU that the broker's process takes for a million records. Less is better: it is what is left for"
                        + " others.",
                bars("cpuSecondsPerMillion", each -> true)
                        + Html.subsection(
                                "With nothing to do, as a share of one core", bars("cpuPercent", each -> true)));
        section(
                html,
                "memory",
                "Memory",
                "What the broker's process holds at the end of a round, whatever the number of records. Less is better; the heap"
                        + " that both were given is part of the environment.",
                bars("residentBytes", each -> true));
        section(
                html,
                "start",
                "Start-up",
                "From the start of the process to the first acknowledged record. Less is better.",
                bars("firstRecordMs", each -> true));
        section(
                html,
                "scale",
                "As things grow",
                "A flat line is a cost that does not grow. Whiskers are the lowest and the highest round.",
                new ScaleSection(findings, charts).html());
    }

    private void background(StringBuilder html) {
        Surroundings surroundings = new Surroundings(findings);
        section(
                html,
                "limits",
                "What the machine allows",
                "Measured in the same run without any broker. No broker can do better for long.",
                surroundings.ceilings());
        section(html, "method", "How it was measured", "", surroundings.method());
        section(html, "environment", "Environment", "", surroundings.environment());
        section(html, "again", "Do it again", "From a clone of the sources:", surroundings.commands());
        section(
                html,
                "details",
                "Every scenario in full",
                "Settings, all figures, and the exact commands. Open one to see them.",
                Details.html(findings));
    }

    private String bars(String figure, Predicate<Finding> applies) {
        return new BarSection(figure, charts).html(findings, applies);
    }

    private static void section(StringBuilder html, String id, String title, String lead, String inside) {
        if (!inside.isEmpty()) {
            html.append(Html.section(id, title, lead, inside));
        }
    }

    /** As JSON that cannot end the element it is in. */
    private String charts() {
        try {
            List<Chart> all = charts.all();
            return JsonMapper.builder().build().writeValueAsString(all).replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String library() {
        Properties webjar = new Properties();
        try (InputStream in = open(WEBJAR)) {
            webjar.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // The file names its map, which browsers would look for beside the page.
        return resource(LIBRARY + webjar.getProperty("version") + "/dist/chart.umd.min.js")
                .replaceAll("(?m)^//# sourceMappingURL=.*$", "");
    }

    private static String resource(String name) {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = Page.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException("the class path lacks " + name);
        }
        return in;
    }
}
