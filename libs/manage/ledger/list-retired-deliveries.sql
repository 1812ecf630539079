/* What was counted of retired days before it was dropped. None of their deliveries is pending. */
/* @name listRetiredDeliveries */
select endpoint, delivered, dead, discarded, caught_up as "caughtUp" from retired_deliveries;
