package io.millrace.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.perf.process.Children;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A headless Chromium, told what to do by the WebDriver protocol of {@code chromedriver}. */
final class Chromium {
    private static final Pattern READY = Pattern.compile("started successfully on port (\\d+)");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process driver;
    private final URI session;

    /** @param profile a new empty folder */
    Chromium(Path profile) throws IOException, InterruptedException {
        driver = Children.start(new ProcessBuilder("chromedriver", "--port=0").redirectErrorStream(true));
        URI root = URI.create("http://127.0.0.1:" + port() + "/");
        List<String> flags = List.of(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=1280,900",
                "--user-data-dir=" + profile);
        JsonNode made = send(
                "POST",
                root.resolve("session"),
                Map.of(
                        "capabilities",
                        Map.of(
                                "alwaysMatch",
                                Map.of(
                                        "goog:chromeOptions", Map.of("args", flags),
                                        "goog:loggingPrefs", Map.of("browser", "ALL")))));
        session = root.resolve("session/" + made.path("sessionId").asText() + "/");
    }

    private int port() throws IOException {
        // Stays open: the driver would die of a closed pipe.
        BufferedReader said =
                new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                return Integer.parseInt(ready.group(1));
            }
        }
        throw new IOException("chromedriver ended before it was ready");
    }

    /** Returns when the page has loaded and its script has run. */
    void open(Path page) throws IOException, InterruptedException {
        send("POST", session.resolve("url"), Map.of("url", page.toUri().toString()));
    }

    /** Tells the page that the reader prefers that. */
    void emulate(String feature, String value) throws IOException, InterruptedException {
        command("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", feature, "value", value))));
    }

    void resize(int width, int height) throws IOException, InterruptedException {
        command(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    JsonNode command(String name, Map<String, ?> parameters) throws IOException, InterruptedException {
        return send("POST", session.resolve("goog/cdp/execute"), Map.of("cmd", name, "params", parameters));
    }

    /** Runs a function body in the page. */
    JsonNode run(String script) throws IOException, InterruptedException {
        return send("POST", session.resolve("execute/sync"), Map.of("script", script, "args", List.of()));
    }

    /** Returns when what is to be drawn by now has been drawn. */
    void settle() throws IOException, InterruptedException {
        String twoFrames =
                "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));";
        send("POST", session.resolve("execute/async"), Map.of("script", twoFrames, "args", List.of()));
    }

    /** What the page wrote to its console, errors of loading and of scripts included, since the last call. */
    List<String> console() throws IOException, InterruptedException {
        List<String> messages = new ArrayList<>();
        send("POST", session.resolve("se/log"), Map.of("type", "browser"))
                .forEach(entry -> messages.add(entry.path("level").asText() + " "
                        + entry.path("message").asText()));
        return messages;
    }

    /** The whole page as a PNG. */
    void screenshot(Path file) throws IOException, InterruptedException {
        JsonNode shot = command("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, Base64.getDecoder().decode(shot.path("data").asText()));
    }

    private JsonNode send(String method, URI uri, Object body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofMinutes(2));
        request.method(method, BodyPublishers.ofString(JSON.writeValueAsString(body)));
        var response = http.send(request.build(), BodyHandlers.ofString());
        JsonNode value = JSON.readTree(response.body()).path("value");
        if (response.statusCode() != 200) {
            throw new IOException(
                    method + " " + uri + ": " + value.path("message").asText(response.body()));
        }
        return value;
    }

    void quit() throws IOException, InterruptedException {
        try {
            send("DELETE", URI.create(session.toString().replaceFirst("/$", "")), Map.of());
        } finally {
            driver.destroy();
            driver.waitFor();
        }
    }
}
