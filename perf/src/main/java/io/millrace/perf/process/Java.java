package io.millrace.perf.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How to start another JVM like this one. */
public final class Java {
    private Java() {}

    public static String executable() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Ours, made absolute. It holds Apache Kafka's server and tools. */
    public static String classPath() {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(System.getProperty("path.separator"))) {
            Path path = Path.of(entry).toAbsolutePath();
            entries.add(path.toString());
            if (entry.endsWith("millrace-perf.jar")) {
                entries.add(path.resolveSibling("lib").resolve("*").toString());
            }
        }
        return String.join(System.getProperty("path.separator"), entries);
    }

    /** The folder of the jars that we run on. */
    public static Path libraries() {
        return Path.of(org.apache.kafka.clients.producer.Producer.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .resolveSibling("");
    }

    /** The command line of one of Kafka's tools, in a small JVM that starts fast. */
    public static List<String> tool(String mainClass, String... arguments) {
        List<String> line = new ArrayList<>(
                List.of(executable(), "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", classPath(), mainClass));
        line.addAll(List.of(arguments));
        return line;
    }
}
