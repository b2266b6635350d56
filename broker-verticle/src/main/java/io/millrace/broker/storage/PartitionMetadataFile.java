package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code partition.metadata}: the topic id of a log directory, in Kafka's format. Any thread. */
final class PartitionMetadataFile {

    static final String NAME = "partition.metadata";

    private static final String VERSION_LINE = "version: 0";
    private static final String ID_PREFIX = "topic_id: ";
    private static final int ID_BYTES = 16;

    private PartitionMetadataFile() {}

    /** The id, or null when the file is missing or damaged. */
    static @Nullable UUID read(FileStore store, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        if (!store.exists(path)) {
            return null;
        }
        var lines = SmallFiles.readLines(store, path);
        if (lines.size() < 2
                || !lines.get(0).equals(VERSION_LINE)
                || !lines.get(1).startsWith(ID_PREFIX)) {
            return null;
        }
        return decode(lines.get(1).substring(ID_PREFIX.length()));
    }

    static void write(FileStore store, Path directory, UUID topicId) throws IOException {
        SmallFiles.replace(store, directory.resolve(NAME), VERSION_LINE + "\n" + ID_PREFIX + encode(topicId) + "\n");
    }

    /** Kafka's text of a uuid: its bytes in URL-safe base 64. */
    static String encode(UUID id) {
        ByteBuffer bytes = ByteBuffer.allocate(ID_BYTES);
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    private static @Nullable UUID decode(String text) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text.strip()));
            return bytes.remaining() == ID_BYTES ? new UUID(bytes.getLong(), bytes.getLong()) : null;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }
}
