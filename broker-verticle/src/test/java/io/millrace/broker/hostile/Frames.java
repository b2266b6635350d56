package io.millrace.broker.hostile;

import java.nio.ByteBuffer;

/** Requests as the bytes of a frame: a length, API key, version, correlation id, and the rest. */
final class Frames {
    static final int LENGTH_BYTES = 4;
    static final int API_KEY_AT = 4;
    static final int VERSION_AT = 6;
    /** Where what differs from request to request begins. */
    static final int BODY_AT = 12;

    private Frames() {}

    static short apiKey(byte[] frame) {
        return ByteBuffer.wrap(frame).getShort(API_KEY_AT);
    }

    static short version(byte[] frame) {
        return ByteBuffer.wrap(frame).getShort(VERSION_AT);
    }

    /** Makes the length in front true again. */
    static byte[] withTrueLength(byte[] frame) {
        if (frame.length >= LENGTH_BYTES) {
            ByteBuffer.wrap(frame).putInt(0, frame.length - LENGTH_BYTES);
        }
        return frame;
    }
}
