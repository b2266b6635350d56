package io.millrace.perf.interop;

import io.millrace.perf.check.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The large text file goes in by line through one client with each codec and comes out through another, identical. */
final class TextChecks {
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");

    private final KcatChecks kcat;
    private final KafkaToolChecks tools;
    private final TextFile text;
    private final Path folder;

    TextChecks(KcatChecks kcat, KafkaToolChecks tools, TextFile text, Path folder) {
        this.kcat = kcat;
        this.tools = tools;
        this.text = text;
        this.folder = folder;
    }

    void run(Report report) {
        for (String codec : CODECS) {
            report.check("text by kcat, " + codec + ", read by ConsoleConsumer and kcat", () -> fromKcat(codec));
            report.check("text by ConsoleProducer, " + codec + ", read by kcat", () -> fromConsole(codec));
        }
    }

    private String fromKcat(String codec) throws IOException {
        String topic = "text-kcat-" + codec;
        Expect.ok(tools.topic("--create", "--topic", topic, "--partitions", "1"));
        kcat.produce(topic, codec, text.path());
        Path byConsole = folder.resolve("by-console.txt");
        tools.consume(topic, text.lines(), byConsole);
        Expect.sameBytes(text.path(), byConsole);
        return readByKcat(topic);
    }

    private String fromConsole(String codec) throws IOException {
        String topic = "text-console-" + codec;
        Expect.ok(tools.topic("--create", "--topic", topic, "--partitions", "1"));
        tools.produce(topic, codec, text.path());
        return readByKcat(topic);
    }

    private String readByKcat(String topic) throws IOException {
        Path byKcat = folder.resolve("by-kcat.txt");
        kcat.consume(topic, byKcat);
        String same = Expect.sameBytes(text.path(), byKcat);
        Files.delete(byKcat);
        return text.lines() + " lines, " + same;
    }
}
