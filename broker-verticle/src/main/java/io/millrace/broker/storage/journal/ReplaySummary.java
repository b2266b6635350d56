package io.millrace.broker.storage.journal;

/**
 * What a replay found.
 *
 * @param files read
 * @param entries intact ones
 * @param damagedInside places of damage in front of frames of a later sync: bytes that were acknowledged and have rotted
 */
public record ReplaySummary(int files, int entries, int damagedInside) {}
