package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which leader epoch began at which offset, kept in Kafka's {@code leader-epoch-checkpoint}.
 *
 * <p>The log's owner changes it; any thread reads the published list. The file is written at checkpoints only: what came
 * after one is in the headers of the batches that recovery reads anyway.
 */
final class LeaderEpochs {

    static final String NAME = "leader-epoch-checkpoint";

    private static final String VERSION = "0";

    /** An epoch and the offset of its first batch. */
    record Entry(int epoch, long startOffset) {}

    /** Grows in both fields. Replaced, never changed. */
    private volatile List<Entry> entries;

    private boolean changed;

    LeaderEpochs() {
        this(List.of());
    }

    private LeaderEpochs(List<Entry> entries) {
        this.entries = entries;
    }

    /** What the file says; null when it is missing or damaged, and must be built again from the batches. */
    static @Nullable LeaderEpochs read(FileStore store, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        if (!store.exists(path)) {
            return null;
        }
        List<String> lines = SmallFiles.readLines(store, path);
        try {
            if (!lines.get(0).equals(VERSION) || Integer.parseInt(lines.get(1)) != lines.size() - 2) {
                return null;
            }
            List<Entry> entries = new ArrayList<>();
            for (String line : lines.subList(2, lines.size())) {
                int space = line.indexOf(' ');
                Entry entry = new Entry(
                        Integer.parseInt(line.substring(0, space)), Long.parseLong(line.substring(space + 1)));
                if (!entries.isEmpty() && !follows(entry, entries.get(entries.size() - 1))) {
                    return null;
                }
                entries.add(entry);
            }
            return new LeaderEpochs(List.copyOf(entries));
        } catch (IndexOutOfBoundsException | NumberFormatException damaged) {
            return null;
        }
    }

    private static boolean follows(Entry entry, Entry previous) {
        return entry.epoch > previous.epoch && entry.startOffset > previous.startOffset;
    }

    /** The file's content if it is out of date, else null. Owner only; the caller writes it. */
    @Nullable
    String takeChanges() {
        if (!changed) {
            return null;
        }
        changed = false;
        List<Entry> now = entries;
        StringBuilder text = new StringBuilder()
                .append(VERSION)
                .append('\n')
                .append(now.size())
                .append('\n');
        for (Entry entry : now) {
            text.append(entry.epoch).append(' ').append(entry.startOffset).append('\n');
        }
        return text.toString();
    }

    /** Notes that a batch of this epoch lies at this offset. Owner only. */
    void assign(int epoch, long offset) {
        List<Entry> now = entries;
        if (epoch < 0 || (!now.isEmpty() && now.get(now.size() - 1).epoch == epoch)) {
            return;
        }
        List<Entry> next = new ArrayList<>(now);
        // A later entry that this one contradicts belongs to batches that were cut off.
        next.removeIf(entry -> entry.epoch >= epoch || entry.startOffset >= offset);
        next.add(new Entry(epoch, offset));
        replace(next);
    }

    /** Forgets epochs that begin at or after an end offset. Owner only. */
    void truncateFromEnd(long endOffset) {
        List<Entry> now = entries;
        if (!now.isEmpty() && now.get(now.size() - 1).startOffset >= endOffset) {
            replace(now.stream().filter(entry -> entry.startOffset < endOffset).toList());
        }
    }

    /** Forgets epochs that ended before a start offset; the one that holds it now begins there. Owner only. */
    void truncateFromStart(long startOffset) {
        List<Entry> now = entries;
        if (now.isEmpty() || now.get(0).startOffset >= startOffset) {
            return;
        }
        List<Entry> next = new ArrayList<>();
        Entry holder = now.get(0);
        for (Entry entry : now) {
            if (entry.startOffset <= startOffset) {
                holder = entry;
            } else {
                next.add(entry);
            }
        }
        next.add(0, new Entry(holder.epoch, startOffset));
        replace(next);
    }

    void clear() {
        replace(List.of());
    }

    /** The newest epoch, -1 when none is known. */
    int latest() {
        List<Entry> now = entries;
        return now.isEmpty() ? -1 : now.get(now.size() - 1).epoch;
    }

    /** The epoch of the batch at an offset, -1 when unknown. */
    int epochAt(long offset) {
        int epoch = -1;
        for (Entry entry : entries) {
            if (entry.startOffset > offset) {
                break;
            }
            epoch = entry.epoch;
        }
        return epoch;
    }

    /** Where an epoch ended, in a log that ends at the given offset. KIP-279: the largest epoch not above the one asked for. */
    EpochEnd endOf(int epoch, long logEndOffset) {
        List<Entry> now = entries;
        if (epoch < 0 || now.isEmpty() || epoch > now.get(now.size() - 1).epoch) {
            return EpochEnd.UNDEFINED;
        }
        int answer = epoch;
        for (Entry entry : now) {
            if (entry.epoch > epoch) {
                return new EpochEnd(answer, Math.min(entry.startOffset, logEndOffset));
            }
            answer = entry.epoch;
        }
        return new EpochEnd(answer, logEndOffset);
    }

    List<Entry> entries() {
        return entries;
    }

    private void replace(List<Entry> next) {
        entries = List.copyOf(next);
        changed = true;
    }
}
