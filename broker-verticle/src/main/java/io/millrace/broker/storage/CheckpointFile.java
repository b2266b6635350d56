package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Kafka's text file of one offset per partition: {@code recovery-point-offset-checkpoint}, {@code
 * log-start-offset-checkpoint}. A version line, a count, then a line of topic, partition and offset for each. Any thread.
 */
public final class CheckpointFile {

    public static final String RECOVERY_POINT = "recovery-point-offset-checkpoint";
    public static final String LOG_START_OFFSET = "log-start-offset-checkpoint";

    private static final String VERSION = "0";

    /** Names a partition as these files do. */
    public record Key(String topic, int partition) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byTopic = topic.compareTo(other.topic);
            return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
        }
    }

    private CheckpointFile() {}

    /** Reads all entries; none when the file is missing. A file that is damaged anywhere fails as a whole. */
    public static Map<Key, Long> read(FileStore store, Path path) throws IOException {
        Map<Key, Long> offsets = new TreeMap<>();
        if (!store.exists(path)) {
            return offsets;
        }
        List<String> lines = SmallFiles.readLines(store, path);
        try {
            if (!lines.get(0).equals(VERSION)) {
                throw new CorruptLogException(path + " has version " + lines.get(0) + ", not " + VERSION);
            }
            int count = Integer.parseInt(lines.get(1));
            if (lines.size() != count + 2) {
                throw new CorruptLogException(path + " announces " + count + " entries and has " + (lines.size() - 2));
            }
            for (String line : lines.subList(2, lines.size())) {
                String[] words = line.split(" ", -1);
                if (words.length != 3) {
                    throw new CorruptLogException(path + ": not an entry: " + line);
                }
                offsets.put(new Key(words[0], Integer.parseInt(words[1])), Long.parseLong(words[2]));
            }
            return offsets;
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new CorruptLogException(path + ": " + e.getMessage());
        }
    }

    /** Replaces the file; durable when it returns. */
    public static void write(FileStore store, Path path, Map<Key, Long> offsets) throws IOException {
        StringBuilder text = new StringBuilder(32 * offsets.size() + 16);
        text.append(VERSION).append('\n').append(offsets.size()).append('\n');
        new TreeMap<>(offsets)
                .forEach((key, offset) -> text.append(key.topic())
                        .append(' ')
                        .append(key.partition())
                        .append(' ')
                        .append(offset.longValue())
                        .append('\n'));
        SmallFiles.replace(store, path, text.toString());
    }
}
