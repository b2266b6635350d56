package io.millrace.broker.storage.sim;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The bytes of one simulated file: what programs see, and for each page written since the last sync what the disk still
 * has. A crash decides page by page, and within a page sector by sector, which of the two is found afterwards.
 */
final class SimFile implements SimNode {

    static final int PAGE_BYTES = 4096;
    private static final int SECTOR_BYTES = 512;

    private byte[] data = new byte[0];
    private int size;
    private int durableSize;
    private final Map<Integer, byte[]> durablePages = new TreeMap<>();
    private boolean syncBroken;

    int size() {
        return size;
    }

    int read(ByteBuffer dst, long position) {
        if (position >= size) {
            return -1;
        }
        int count = (int) Math.min(dst.remaining(), size - position);
        dst.put(data, (int) position, count);
        return count;
    }

    void write(byte[] bytes, int count, long position) {
        int end = Math.toIntExact(position + count);
        rememberPages(Math.min(size, (int) position), end);
        ensureCapacity(end);
        System.arraycopy(bytes, 0, data, (int) position, count);
        size = Math.max(size, end);
    }

    void truncate(long newSize) {
        if (newSize < size) {
            rememberPages((int) newSize, size);
            Arrays.fill(data, (int) newSize, size, (byte) 0);
            size = (int) newSize;
        }
    }

    /** What a sync that works does. After one that failed it says yes and keeps nothing, as Linux does. */
    void sync() {
        if (!syncBroken) {
            durablePages.clear();
            durableSize = size;
        }
    }

    /** The same for a range of whole pages only, as a durable write does. */
    void sync(int from, int end) {
        if (!syncBroken) {
            for (int page = from / PAGE_BYTES; page * PAGE_BYTES < end; page++) {
                durablePages.remove(page);
            }
            durableSize = Math.max(durableSize, end);
        }
    }

    void breakSync() {
        syncBroken = true;
    }

    boolean isSynced() {
        return durablePages.isEmpty() && durableSize == size;
    }

    void flipBit(int position, int bit) {
        data[position] ^= (byte) (1 << bit);
    }

    @Override
    public boolean kill(SplittableRandom random) {
        boolean lost = syncBroken;
        if (lost) {
            crash(random);
        }
        return lost;
    }

    @Override
    public void crash(SplittableRandom random) {
        int style = random.nextInt(4);
        int seenSize = size;
        size = switch (style) {
            case 0 -> durableSize;
            case 1 -> seenSize;
            default -> random.nextBoolean() ? durableSize : seenSize;
        };
        for (Map.Entry<Integer, byte[]> page : durablePages.entrySet()) {
            boolean keepsOld = style == 0 || (style != 1 && random.nextBoolean());
            boolean torn = style == 3 && random.nextInt(3) == 0;
            if (torn) {
                tear(page.getKey(), page.getValue(), random);
            } else if (keepsOld) {
                restore(page.getKey(), page.getValue(), 0, PAGE_BYTES);
            }
        }
        Arrays.fill(data, Math.min(size, data.length), data.length, (byte) 0);
        ensureCapacity(size);
        durablePages.clear();
        durableSize = size;
        syncBroken = false;
    }

    private void tear(int page, byte[] old, SplittableRandom random) {
        for (int at = 0; at < PAGE_BYTES; at += SECTOR_BYTES) {
            if (random.nextBoolean()) {
                restore(page, old, at, SECTOR_BYTES);
            }
        }
    }

    private void restore(int page, byte[] old, int from, int count) {
        int target = page * PAGE_BYTES + from;
        ensureCapacity(target + count);
        System.arraycopy(old, from, data, target, count);
    }

    private void rememberPages(int from, int end) {
        for (int page = from / PAGE_BYTES; page * PAGE_BYTES < end; page++) {
            if (!durablePages.containsKey(page)) {
                byte[] old = new byte[PAGE_BYTES];
                int start = page * PAGE_BYTES;
                int count = Math.min(PAGE_BYTES, data.length - start);
                if (count > 0) {
                    System.arraycopy(data, start, old, 0, count);
                }
                durablePages.put(page, old);
            }
        }
    }

    private void ensureCapacity(int bytes) {
        if (bytes > data.length) {
            data = Arrays.copyOf(data, Math.max(bytes, data.length + data.length / 2));
        }
    }
}
