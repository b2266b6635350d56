package io.millrace.perf.interop;

import io.millrace.perf.process.Java;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * A large text by line, the same on every machine: the licences, notices, schemas and property files inside the jars that
 * this build pins, again and again, each line behind its number so that a lost, doubled or misplaced one shows.
 *
 * @param path the file, UTF-8 with a newline after every line
 * @param lines how many
 */
record TextFile(Path path, int lines) {

    /** Writes {@code bytes} or a little more. */
    static TextFile write(Path path, long bytes) throws IOException {
        List<String> text = jarTexts();
        long written = 0;
        int lines = 0;
        try (BufferedWriter out = Files.newBufferedWriter(path)) {
            while (written < bytes) {
                String line = lines + "\t" + text.get(lines % text.size());
                out.write(line);
                out.write('\n');
                written += line.length() + 1;
                lines++;
            }
        }
        return new TextFile(path, lines);
    }

    private static List<String> jarTexts() throws IOException {
        List<String> lines = new ArrayList<>();
        try (var jars = Files.newDirectoryStream(Java.libraries(), "*.jar")) {
            List<Path> sorted = new ArrayList<>();
            jars.forEach(sorted::add);
            Collections.sort(sorted);
            for (Path jar : sorted) {
                addTexts(jar, lines);
            }
        }
        return lines;
    }

    private static void addTexts(Path jar, List<String> lines) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : Collections.list(file.entries())) {
                if (isText(entry.getName())) {
                    try (InputStream in = file.getInputStream(entry)) {
                        new String(in.readAllBytes(), StandardCharsets.UTF_8)
                                .lines()
                                .map(line -> line.replace('\r', ' '))
                                .forEach(lines::add);
                    }
                }
            }
        }
    }

    private static boolean isText(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".json")
                || lower.endsWith(".properties")
                || lower.endsWith(".md")
                || lower.endsWith(".txt")
                || lower.endsWith("license")
                || lower.endsWith("notice");
    }
}
