package io.millrace.perf.interop;

import io.millrace.perf.check.Report;
import io.millrace.perf.process.Command;
import io.millrace.perf.process.Java;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Java clients of other releases than ours, each in a JVM of its own that runs {@link JavaClient}. */
final class JavaClientChecks {
    private final String bootstrap;

    JavaClientChecks(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    void run(Report report) throws IOException {
        Path clients = Java.libraries().resolve("../clients").normalize();
        List<Path> jars = new ArrayList<>();
        try (var files = Files.newDirectoryStream(clients, "kafka-clients-*.jar")) {
            files.forEach(jars::add);
        }
        Collections.sort(jars);
        for (Path jar : jars) {
            String name = jar.getFileName().toString().replace(".jar", "");
            report.check("Java " + name, () -> run(jar, name));
        }
    }

    private String run(Path jar, String name) throws IOException {
        List<String> line = List.of(
                Java.executable(), "-Xmx256m", "-cp", classPath(jar), JavaClient.class.getName(), bootstrap, name);
        return Expect.ok(Command.of(line)).out().strip();
    }

    /** The client first, so that its classes win over those of our own release; then the codecs and logging. */
    private static String classPath(Path jar) {
        return jar + File.pathSeparator + Java.classPath();
    }
}
