package io.millrace.perf.report;

import static io.millrace.perf.report.SampleRuns.CEILING;
import static io.millrace.perf.report.SampleRuns.PEER;
import static io.millrace.perf.report.SampleRuns.SUBJECT;
import static io.millrace.perf.report.SampleRuns.TWIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.perf.result.RunResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as readers see it. Started by {@code .ci/report/run}; leaves pictures in {@code target/report}. */
@Tag("browser")
class PageInBrowserTest {
    /**
     * For each canvas the colors that its legend promises and that no pixel has. Thin lines are blended with what is behind
     * them, hence the tolerance; text and grid have other colors.
     */
    private static final String MISSING_COLORS = """
            const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
            const rgb = color => {
              probe.fillStyle = color;
              probe.fillRect(0, 0, 1, 1);
              return probe.getImageData(0, 0, 1, 1).data;
            };
            const style = getComputedStyle(document.documentElement);
            return [...document.querySelectorAll('canvas[data-chart]')].map(canvas => {
              const copy = document.createElement('canvas');
              copy.width = canvas.width;
              copy.height = canvas.height;
              const context = copy.getContext('2d', { willReadFrequently: true });
              context.drawImage(canvas, 0, 0);
              const pixels = canvas.width && canvas.height ? context.getImageData(0, 0, canvas.width, canvas.height).data : [];
              const keys = [...canvas.closest('figure').querySelectorAll('.legend i')].map(i => i.style.getPropertyValue('--c'));
              const missing = keys.filter(key => {
                const wanted = rgb(style.getPropertyValue(key.slice(4, -1)));
                let found = 0;
                for (let i = 0; i < pixels.length; i += 4) {
                  if (pixels[i + 3] > 200 && [0, 1, 2].every(c => Math.abs(pixels[i + c] - wanted[c]) < 12)) found++;
                }
                return found < 4;
              });
              return { chart: canvas.getAttribute('aria-label'), keys: keys.length, missing };
            });
            """;

    @TempDir
    private Path folder = Path.of("");

    private @Nullable Chromium chromium;

    @BeforeEach
    void start() throws Exception {
        chromium = new Chromium(Files.createDirectory(folder.resolve("profile")));
    }

    @AfterEach
    void stop() throws Exception {
        browser().quit();
    }

    @Test
    void drawsEveryChartInLightAndInDark() throws Exception {
        RunResult everything = SampleRuns.everything(SUBJECT, PEER, TWIN, CEILING);
        open(everything);
        for (String scheme : List.of("light", "dark")) {
            browser().emulate("prefers-color-scheme", scheme);
            assertEveryChartHasDrawn(20);
            browser().screenshot(Path.of("target/report/" + scheme + ".png"));
        }
    }

    @Test
    void drawsEveryChartOnAPhone() throws Exception {
        browser().resize(390, 800);
        open(SampleRuns.everything(SUBJECT, PEER, TWIN, CEILING));
        assertEveryChartHasDrawn(20);
        assertThat(browser().run("return document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(390);
        browser().screenshot(Path.of("target/report/phone.png"));
    }

    @Test
    void drawsARunOfOneSystemAndOneScenario() throws Exception {
        open(SampleRuns.only("produce-1KB", SUBJECT));
        assertEveryChartHasDrawn(4);
        browser().screenshot(Path.of("target/report/one.png"));
    }

    @Test
    void noticesAChartThatDoesNotDraw() throws Exception {
        open(SampleRuns.only("produce-1KB", SUBJECT));
        browser().settle();
        browser()
                .run(
                        "const c = document.querySelector('canvas'); c.getContext('2d').clearRect(0, 0, c.width, c.height);");
        assertThat(browser().run(MISSING_COLORS).get(0).path("missing")).isNotEmpty();
    }

    private void open(RunResult run) throws Exception {
        Path page = Files.writeString(folder.resolve("page.html"), Page.of(Findings.of(List.of(run))));
        browser().open(page);
    }

    private void assertEveryChartHasDrawn(int least) throws Exception {
        browser().settle();
        JsonNode charts = browser().run(MISSING_COLORS);
        assertThat(charts).hasSizeGreaterThanOrEqualTo(least);
        assertThat(charts).allSatisfy(chart -> {
            assertThat(chart.path("keys").asInt())
                    .as(chart.path("chart").asText())
                    .isPositive();
            assertThat(chart.path("missing")).as(chart.path("chart").asText()).isEmpty();
        });
        assertThat(browser().console()).isEmpty();
    }

    private Chromium browser() {
        return Objects.requireNonNull(chromium);
    }
}
