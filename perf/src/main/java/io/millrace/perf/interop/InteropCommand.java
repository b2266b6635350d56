package io.millrace.perf.interop;

import io.millrace.perf.BrokerOptions;
import io.millrace.perf.WorkFolder;
import io.millrace.perf.check.CheckFailed;
import io.millrace.perf.check.Report;
import io.millrace.perf.target.RunningBroker;
import io.millrace.perf.target.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a broker on a free port and an empty folder, and runs every client and tool against it. */
@Command(name = "interop", description = "Run kcat, kafkajs and Apache Kafka's tools against a started broker.")
public final class InteropCommand implements Callable<Integer> {
    @Mixin
    private final BrokerOptions options = new BrokerOptions();

    @Option(names = "--broker", defaultValue = "millrace", description = "millrace (default) or kafka.")
    private String broker = "";

    @Option(
            names = "--node-modules",
            required = true,
            description = "Folder that holds kafkajs and kafkajs-snappy, as npm installs them.")
    private Path nodeModules = Path.of("");

    @Option(names = "--text-mb", defaultValue = "24", description = "Size of the text file (default 24).")
    private int textMb;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "PART",
            description = "Only these of ${COMPLETION-CANDIDATES}; the broker's files are looked at when all run.")
    private EnumSet<Part> only = EnumSet.allOf(Part.class);

    /** What can be run alone. */
    enum Part {
        KCAT,
        TOOLS,
        KAFKAJS,
        CLIENTS,
        STREAMS,
        CONNECT,
        TEXT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public Integer call() throws IOException {
        Target target = options.target(broker);
        Report report = new Report(System.out);
        try (WorkFolder folder = options.newFolder("interop")) {
            Path files = Files.createDirectory(folder.path().resolve("files"));
            Map<String, String> settings = Map.of("num.partitions", "1", "group.consumer.session.timeout.ms", "48000");
            try (RunningBroker running = RunningBroker.start(
                    target, RunningBroker.setup(folder.path(), settings), target.usualJvmOptions())) {
                runClients(report, running, files);
                report.check("stops on SIGTERM", () -> {
                    int exit = running.stop();
                    if (exit != 0 && exit != 143) {
                        throw new CheckFailed("exit " + exit + ":\n" + running.logTail());
                    }
                    return "exit " + exit;
                });
                if (only.size() == Part.values().length) {
                    new FileChecks(running.setup().data()).run(report);
                }
            }
            if (!report.finish()) {
                folder.keep();
                return 1;
            }
        }
        return 0;
    }

    private void runClients(Report report, RunningBroker running, Path files) throws IOException {
        String bootstrap = running.bootstrap();
        KcatChecks kcat = new KcatChecks(bootstrap, files);
        KafkaToolChecks tools = new KafkaToolChecks(bootstrap, files);
        for (Part part : only) {
            switch (part) {
                case KCAT -> kcat.run(report);
                case TOOLS -> tools.run(report);
                case KAFKAJS -> new KafkajsChecks(bootstrap, files, nodeModules.toAbsolutePath(), kcat).run(report);
                case CLIENTS -> new JavaClientChecks(bootstrap).run(report);
                case STREAMS -> {
                    StreamsChecks streams = new StreamsChecks(bootstrap, files);
                    streams.run(report);
                    if (broker.equals("millrace")) {
                        streams.runRefusals(report);
                    }
                }
                case CONNECT -> new ConnectChecks(bootstrap, files).run(report);
                case TEXT -> {
                    TextFile text = TextFile.write(files.resolve("text.txt"), textMb * 1_000_000L);
                    new TextChecks(kcat, tools, text, files).run(report);
                }
            }
        }
    }
}
