package io.millrace.broker.hostile;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Turns requests into others that no client would send. Everything follows from the random numbers it is given. */
final class FrameMutator {
    private static final int[] EVIL_INTS = {
        Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -2, 0, 1, 1_000_000, 1_000_001, 0x7fff_fff0, 0xffff, 1 << 20
    };
    /** Varints: the largest, one that never ends, 10,001 (one tag too many), a million and one. */
    private static final byte[][] EVIL_VARINTS = {
        {-1, -1, -1, -1, 0x0f},
        {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
        {(byte) 0x91, 0x4e},
        {(byte) 0xc2, (byte) 0x84, 0x3d},
        {-128, -128, -128, -128, 0x08},
    };

    private final List<byte[]> corpus;
    private final Random random;

    FrameMutator(List<byte[]> corpus, Random random) {
        this.corpus = corpus;
        this.random = random;
    }

    byte[] original() {
        return corpus.get(random.nextInt(corpus.size()));
    }

    byte[] mutated() {
        byte[] frame = original().clone();
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            frame = mutate(frame);
        }
        // A false length ends the conversation early: most frames tell the truth, so that their content is looked at.
        return random.nextInt(12) == 0 ? frame : Frames.withTrueLength(frame);
    }

    private byte[] mutate(byte[] frame) {
        if (frame.length <= Frames.BODY_AT + 1) {
            return concat(frame, noise(random.nextInt(40)));
        }
        int at = Frames.BODY_AT + random.nextInt(frame.length - Frames.BODY_AT);
        switch (random.nextInt(13)) {
            case 0, 1, 2 -> frame[at] ^= (byte) (1 << random.nextInt(8));
            case 3 -> frame[at] = (byte) random.nextInt();
            case 4 -> putInt(frame, at, EVIL_INTS[random.nextInt(EVIL_INTS.length)]);
            case 5 -> overwrite(frame, at, EVIL_VARINTS[random.nextInt(EVIL_VARINTS.length)]);
            case 6 -> {
                return Arrays.copyOf(frame, at);
            }
            case 7 -> {
                return spliced(frame, at);
            }
            case 8 -> {
                return withGap(frame, at, noise(1 + random.nextInt(50)));
            }
            case 9 -> {
                return withGap(frame, at, EVIL_VARINTS[random.nextInt(EVIL_VARINTS.length)]);
            }
            case 10 ->
                ByteBuffer.wrap(frame)
                        .putShort(Frames.API_KEY_AT, (short) random.nextInt(random.nextBoolean() ? 100 : 65536));
            case 11 -> ByteBuffer.wrap(frame).putShort(Frames.VERSION_AT, (short) (random.nextInt(25) - 3));
            default -> {
                return flooded(frame, at);
            }
        }
        if (random.nextInt(40) == 0) {
            putInt(frame, 0, EVIL_INTS[random.nextInt(EVIL_INTS.length)]);
        }
        return frame;
    }

    /** The start of one request, the end of another. */
    private byte[] spliced(byte[] frame, int at) {
        byte[] other = original();
        int from = random.nextInt(other.length);
        return concat(Arrays.copyOf(frame, at), Arrays.copyOfRange(other, from, other.length));
    }

    /** Thousands of small things where one was: array elements, tags, empty strings. */
    private byte[] flooded(byte[] frame, int at) {
        byte[] flood = new byte[random.nextInt(20_000)];
        Arrays.fill(flood, (byte) random.nextInt(3));
        return withGap(frame, at, flood);
    }

    private byte[] withGap(byte[] frame, int at, byte[] filling) {
        return concat(Arrays.copyOf(frame, at), concat(filling, Arrays.copyOfRange(frame, at, frame.length)));
    }

    private byte[] noise(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void putInt(byte[] frame, int at, int value) {
        overwrite(frame, at, ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    private static void overwrite(byte[] frame, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, frame, at, Math.min(bytes.length, frame.length - at));
    }

    private static byte[] concat(byte[] head, byte[] tail) {
        byte[] both = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, both, head.length, tail.length);
        return both;
    }
}
