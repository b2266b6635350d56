package io.millrace.perf.report;

import static io.millrace.perf.report.Html.escape;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The charts of a page, in their order: each leaves a place in the HTML that the script fills. */
final class Charts {
    private final List<Chart> all = new ArrayList<>();

    List<Chart> all() {
        return List.copyOf(all);
    }

    /** Takes a chart and returns its place. */
    String place(Chart chart) {
        String legend = chart.keys().stream()
                .map(key -> "<li><i class=\"%s\" style=\"--c:var(--%s)\"></i>%s</li>"
                        .formatted(key.shape(), key.style(), escape(key.name())))
                .collect(Collectors.joining());
        String html = """
                <figure><figcaption>%s</figcaption><ul class="legend">%s</ul>
                <div class="plot" style="height:%dpx"><canvas data-chart="%d" role="img" aria-label="%s"></canvas></div></figure>
                """.formatted(escape(chart.title()), legend, chart.height(), all.size(), escape(chart.title()));
        all.add(chart);
        return html;
    }

    /** Several beside each other. */
    static String grid(List<String> places) {
        return places.isEmpty() ? "" : "<div class=\"grid\">\n" + String.join("", places) + "</div>\n";
    }
}
