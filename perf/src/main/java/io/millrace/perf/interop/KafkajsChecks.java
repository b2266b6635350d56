package io.millrace.perf.interop;

import io.millrace.perf.check.CheckFailed;
import io.millrace.perf.check.Report;
import io.millrace.perf.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** kafkajs, run by Node; the checks themselves are in {@code kafkajs-checks.js}. */
final class KafkajsChecks {
    private final String bootstrap;
    private final Path folder;
    private final Path modules;
    private final KcatChecks kcat;

    /** @param modules the {@code node_modules} folder that holds kafkajs and kafkajs-snappy */
    KafkajsChecks(String bootstrap, Path folder, Path modules, KcatChecks kcat) {
        this.bootstrap = bootstrap;
        this.folder = folder;
        this.modules = modules;
        this.kcat = kcat;
    }

    void run(Report report) {
        Command.@Nullable Result[] result = new Command.Result[1];
        report.check("kafkajs runs", () -> {
            result[0] = runScript();
            return "the script came to its end";
        });
        if (result[0] == null) {
            return;
        }
        result[0]
                .out()
                .lines()
                .map(line -> line.split("\\|", 3))
                .forEach(line -> report.check(line[1], () -> {
                    if (!line[0].equals("pass")) {
                        throw new CheckFailed(line[2]);
                    }
                    return line[2];
                }));
        for (String codec : List.of("none", "snappy")) {
            report.check("kafkajs " + codec + " to kcat", () -> readBack(codec));
        }
    }

    private Command.Result runScript() throws IOException {
        Path script = folder.resolve("kafkajs-checks.js");
        try (InputStream in = KafkajsChecks.class.getResourceAsStream("kafkajs-checks.js")) {
            if (in == null) {
                throw new IOException("kafkajs-checks.js is not on the class path");
            }
            Files.write(script, in.readAllBytes());
        }
        Command.Result result = Expect.ok(
                Command.of("env", "NODE_PATH=" + modules, "node", script.toString(), bootstrap, folder.toString()));
        Expect.contains(result, "|");
        return result;
    }

    private String readBack(String codec) throws IOException {
        Path output = folder.resolve("kjs-" + codec + "-kcat.txt");
        kcat.consume("kjs-" + codec, output);
        return Expect.sameBytes(folder.resolve("kjs-" + codec + ".txt"), output);
    }
}
