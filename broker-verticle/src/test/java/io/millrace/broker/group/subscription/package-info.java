/** Which expressions are taken, and what they choose. */
@NullMarked
package io.millrace.broker.group.subscription;

import org.jspecify.annotations.NullMarked;
