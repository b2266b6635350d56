package io.millrace.perf.result;

/**
 * What the machine allows, measured in the same run without any broker.
 *
 * @param diskWriteBytesPerSecond one file written from front to end and synced
 * @param syncsPerSecond 4 KB into a file of full length, then {@code fdatasync}, one after the other
 * @param syncs how long these take
 * @param loopbackBytesPerSecond one TCP connection over 127.0.0.1 between two threads
 * @param loopbackRoundTripsPerSecond one byte there and back, one after the other
 */
public record Ceilings(
        double diskWriteBytesPerSecond,
        double syncsPerSecond,
        Latency syncs,
        double loopbackBytesPerSecond,
        double loopbackRoundTripsPerSecond) {}
