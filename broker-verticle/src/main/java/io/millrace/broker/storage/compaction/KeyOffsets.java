package io.millrace.broker.storage.compaction;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The newest offset of each key, in 24 bytes a key, however long the key is: sixteen of its hash and eight of the offset. Two
 * keys of the same hash would be one, which does not happen by chance. Grows up to a limit. One thread.
 */
public final class KeyOffsets {

    /** Bytes of memory that a key takes, when the table is full. */
    public static final int SLOT_BYTES = 24;

    /** Fuller than this, a key is found only after a long walk. */
    private static final double FULL = 0.9;

    private static final int SLOTS_MIN = 1 << 10;
    private static final int HASH_BYTES = 16;
    private static final int LONGS = SLOT_BYTES / Long.BYTES;

    private final MessageDigest digest = md5();
    private final byte[] hash = new byte[HASH_BYTES];
    private final ByteBuffer hashBuffer = ByteBuffer.wrap(hash);
    private final int slotsMax;
    /** Two longs of the hash for each slot, then the offset plus one: 0 for a free slot. */
    private long[] table;

    private int slots;
    private int size;

    /** @param bytesMax of memory; while the table grows, half as much again */
    public KeyOffsets(long bytesMax) {
        this.slotsMax = (int) Math.min(Integer.MAX_VALUE / LONGS - 1, bytesMax / SLOT_BYTES);
        if (slotsMax * FULL < 1) {
            throw new IllegalArgumentException(bytesMax + " bytes hold no key");
        }
        this.slots = Math.min(SLOTS_MIN, slotsMax);
        this.table = new long[slots * LONGS];
    }

    /** Keys that it has. */
    public int size() {
        return size;
    }

    /** Bytes of memory that it takes. */
    public long sizeBytes() {
        return (long) slots * SLOT_BYTES;
    }

    /** Notes an offset, which is larger than those noted before. False if the key is a new one and there is no room. */
    public boolean put(ByteBuf key, long offset) {
        hash(key);
        int at = find();
        if (table[at + 2] == 0) {
            if (size + 1 > slots * FULL) {
                if (slots == slotsMax) {
                    return false;
                }
                grow();
                at = find();
            }
            table[at] = hashBuffer.getLong(0);
            table[at + 1] = hashBuffer.getLong(Long.BYTES);
            size++;
        }
        table[at + 2] = offset + 1;
        return true;
    }

    /** The newest offset of a key, -1 when it is not here. */
    public long newest(ByteBuf key) {
        hash(key);
        return table[find() + 2] - 1;
    }

    /** Where the hash is, or the free slot that it would take. */
    private int find() {
        long first = hashBuffer.getLong(0);
        long second = hashBuffer.getLong(Long.BYTES);
        int slot = (int) Long.remainderUnsigned(first, slots);
        int at = slot * LONGS;
        while (table[at + 2] != 0 && (table[at] != first || table[at + 1] != second)) {
            slot = slot + 1 < slots ? slot + 1 : 0;
            at = slot * LONGS;
        }
        return at;
    }

    private void grow() {
        byte[] wanted = hash.clone();
        long[] before = table;
        slots = (int) Math.min(slotsMax, 2L * slots);
        table = new long[slots * LONGS];
        for (int from = 0; from < before.length; from += LONGS) {
            if (before[from + 2] != 0) {
                hashBuffer.putLong(0, before[from]).putLong(Long.BYTES, before[from + 1]);
                System.arraycopy(before, from, table, find(), LONGS);
            }
        }
        System.arraycopy(wanted, 0, hash, 0, HASH_BYTES);
    }

    private void hash(ByteBuf key) {
        try {
            if (key.nioBufferCount() == 1) {
                digest.update(key.nioBuffer());
            } else {
                Arrays.stream(key.nioBuffers()).forEach(digest::update);
            }
            digest.digest(hash, 0, HASH_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("an MD5 hash has " + HASH_BYTES + " bytes", e);
        }
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
