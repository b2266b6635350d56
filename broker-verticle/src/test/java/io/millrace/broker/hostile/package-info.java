/** Clients that mean harm, or are only too many, too large, too fast or too slow. */
@NullMarked
package io.millrace.broker.hostile;

import org.jspecify.annotations.NullMarked;
